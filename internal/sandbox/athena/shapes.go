package athena

import (
	"strconv"
	"time"
)

// The members that calls and answers have, as AWS names them.

// epoch is a time as AWS JSON writes it: seconds since 1970, with a fraction.
type epoch time.Time

// MarshalJSON writes the seconds.
func (e epoch) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(e).UnixMilli())/1000, 'f', 3, 64), nil
}

type queryContext struct {
	Catalog  string `json:",omitempty"`
	Database string `json:",omitempty"`
}

type resultConfiguration struct {
	OutputLocation string `json:",omitempty"`
}

type managedConfiguration struct {
	Enabled bool
}

type engineVersion struct {
	SelectedEngineVersion  string
	EffectiveEngineVersion string
}

func engine() *engineVersion {
	return &engineVersion{SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3"}
}

type athenaError struct {
	ErrorCategory int
	ErrorType     int
	Retryable     bool
	ErrorMessage  string
}

type executionStatus struct {
	State              state
	StateChangeReason  string       `json:",omitempty"`
	SubmissionDateTime epoch        // always there
	CompletionDateTime *epoch       `json:",omitempty"`
	AthenaError        *athenaError `json:",omitempty"`
}

type reuse struct {
	ReusedPreviousResult bool
}

type executionStatistics struct {
	DataScannedInBytes            int64
	EngineExecutionTimeInMillis   int64
	QueryQueueTimeInMillis        int64
	ServiceProcessingTimeInMillis int64
	TotalExecutionTimeInMillis    int64
	DataManifestLocation          string `json:",omitempty"`
	ResultReuseInformation        reuse
}

type execution struct {
	ID                               string `json:"QueryExecutionId"`
	Query                            string
	StatementType                    string
	SubstatementType                 string
	WorkGroup                        string
	EngineVersion                    *engineVersion
	QueryExecutionContext            queryContext
	ResultConfiguration              *resultConfiguration  `json:",omitempty"`
	ManagedQueryResultsConfiguration *managedConfiguration `json:",omitempty"`
	Status                           executionStatus
	Statistics                       executionStatistics
}

type columnInfo struct {
	CatalogName   string
	SchemaName    string
	TableName     string
	Name          string
	Label         string
	Type          string
	Precision     int
	Scale         int
	Nullable      string
	CaseSensitive bool
}

type datum struct {
	VarCharValue *string `json:",omitempty"`
}

type resultRow struct {
	Data []datum
}

type resultSetMetadata struct {
	ColumnInfo []columnInfo
}

type resultSet struct {
	Rows              []resultRow
	ResultSetMetadata resultSetMetadata
}

type metadataColumn struct {
	Name string
	Type string
}

type tableMetadata struct {
	Name          string
	TableType     string
	Columns       []metadataColumn
	PartitionKeys []metadataColumn
	Parameters    map[string]string
}
