package athena

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

type workGroupRequest struct{ WorkGroup string }

type workGroupConfiguration struct {
	ResultConfiguration              resultConfiguration
	EnforceWorkGroupConfiguration    bool
	PublishCloudWatchMetricsEnabled  bool
	RequesterPaysEnabled             bool
	EngineVersion                    *engineVersion
	ManagedQueryResultsConfiguration managedConfiguration
}

type workGroupAnswer struct {
	WorkGroup struct {
		Name          string
		State         string
		Configuration workGroupConfiguration
	}
}

func (s *Server) checkWorkGroup(name string) *fault {
	if name != "" && name != s.cfg.WorkGroup {
		return invalidRequest("WorkGroup " + name + " is not found.")
	}
	return nil
}

func (s *Server) workGroup(in workGroupRequest) (*workGroupAnswer, *fault) {
	if err := s.checkWorkGroup(in.WorkGroup); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &workGroupAnswer{}
	out.WorkGroup.Name, out.WorkGroup.State = s.cfg.WorkGroup, "ENABLED"
	out.WorkGroup.Configuration = workGroupConfiguration{
		ResultConfiguration:              resultConfiguration{OutputLocation: s.groupOutput()},
		EnforceWorkGroupConfiguration:    s.traps.Enforced,
		EngineVersion:                    engine(),
		ManagedQueryResultsConfiguration: managedConfiguration{Enabled: s.traps.Managed},
	}
	return out, nil
}

type tableRequest struct {
	CatalogName  string
	DatabaseName string
	TableName    string
}

type tableAnswer struct {
	TableMetadata tableMetadata
}

type tablesRequest struct {
	CatalogName  string
	DatabaseName string
	Expression   string
	MaxResults   *int
	NextToken    string
}

type tablesAnswer struct {
	NextToken         string `json:",omitempty"`
	TableMetadataList []tableMetadata
}

// maxTables is the most tables that one page has.
const maxTables = 50

// catalog finds a database, if the traps let the catalog be asked.
func (s *Server) catalog(database string) (table.Database, *fault) {
	switch s.Traps().NoMetadata {
	case "denied":
		return nil, &fault{status: 400, kind: "AccessDeniedException", text: "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: glue:GetTable"}
	case "500":
		return nil, &fault{status: 500, kind: "InternalError", text: "NotImplementedError"}
	}
	tables, ok := s.cfg.Catalog[strings.ToLower(database)]
	if !ok {
		return nil, noEntity("Database " + database + " not found.")
	}
	return tables, nil
}

func noEntity(text string) *fault {
	return &fault{status: 400, kind: "MetadataException", text: "EntityNotFoundException: " + text + " (Service: AmazonDataCatalog; Status Code: 400)"}
}

func (s *Server) tableMetadata(in tableRequest) (*tableAnswer, *fault) {
	tables, err := s.catalog(in.DatabaseName)
	if err != nil {
		return nil, err
	}
	t, ok := tables[strings.ToLower(in.TableName)]
	if !ok {
		return nil, noEntity("Entity Not Found: table " + in.TableName)
	}
	return &tableAnswer{describeTable(t)}, nil
}

func (s *Server) listTables(in tablesRequest) (*tablesAnswer, *fault) {
	tables, err := s.catalog(in.DatabaseName)
	if err != nil {
		return nil, err
	}
	most := maxTables
	if in.MaxResults != nil {
		most = *in.MaxResults
	}
	names := slices.Sorted(maps.Keys(tables))
	if in.Expression != "" {
		wanted, err := regexp.Compile(in.Expression)
		if err != nil {
			return nil, invalidRequest("Invalid expression")
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !wanted.MatchString(name) })
	}
	from, badToken := strconv.Atoi(in.NextToken)
	if in.NextToken != "" && badToken != nil || most < 1 || most > maxTables || from < 0 || from > len(names) {
		return nil, invalidRequest("Malformed token or MaxResults")
	}
	out := &tablesAnswer{TableMetadataList: []tableMetadata{}}
	for _, name := range names[from:min(from+most, len(names))] {
		out.TableMetadataList = append(out.TableMetadataList, describeTable(tables[name]))
	}
	if from+most < len(names) {
		out.NextToken = strconv.Itoa(from + most)
	}
	return out, nil
}

func describeTable(t *table.Table) tableMetadata {
	return tableMetadata{
		Name: t.Name, TableType: "EXTERNAL_TABLE", Parameters: map[string]string{"classification": "parquet"},
		Columns: describeColumns(t.Columns), PartitionKeys: describeColumns(t.PartitionKeys),
	}
}

func describeColumns(columns []table.Column) []metadataColumn {
	out := make([]metadataColumn, 0, len(columns))
	for _, c := range columns {
		out = append(out, metadataColumn(c))
	}
	return out
}
