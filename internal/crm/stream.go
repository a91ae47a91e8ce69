package crm

import (
	"slices"
	"strings"
	"time"
)

// Stream declares one kind of record: where it lives in the warehouse, which
// fields it has, what names a record and what tells its versions apart. A
// source declares its streams; the engine does the rest.
type Stream struct {
	Name         string   // leads
	Aliases      []string // other names that commands take, such as lead
	Title        string   // one line for people
	Table        string   // ingestion_salesrabbit_lead
	TableAliases []string // names that the table had in later versions of the old system
	OldCommands  []string // names of the old system's commands for it; none: sync_ with the source and the stream
	OldRemovals  []string // the old system's commands that deleted rows whose records are gone
	OldChecks    []string // and those that listed them
	HistoryName  string   // sync_type in the history of the old system, when not Name
	Fields       []Field
	Unmapped     []string   // names in the record that are known to have no column; they stay in the raw record
	PrimaryKey   []string   // columns, one or more; all of them NOT NULL
	Cursor       string     // column with the time of the last change; "" when there is none
	Deleted      string     // column with the time at which the source deleted the record, a timestamp; "" when it does not say
	Indexes      [][]string // columns of each further index
	RecordURL    string     // where a person sees the record; {id} stands for the primary key
	Optional     bool       // an account may not offer it: a 404 disables the stream
	Incremental  bool       // whether the source can be asked for changes only
	// Lag is how late a change may come to be shown by the source. Each incremental
	// run reads so much once more, whatever the overlap.
	Lag time.Duration
	// Snapshot says that the records have no key of the source: theirs is made of
	// what they hold, and one that changes becomes another. When a walk that shows
	// all there is has ended, the table becomes what it showed, in one transaction.
	Snapshot bool
	// Elusive says that a walk may pass over a record that is there, such as one that
	// moves between two lists while they are read: a record that was not shown is asked
	// for by itself (Fetcher) before its row is held to be of one that is gone.
	Elusive bool
	// FullEvery is how often all records are read anew although changes can be asked
	// for, since there are changes that the source does not tell of; 0 for never.
	FullEvery time.Duration
	// Properties are the names of what the account may add to the fields, with * for
	// any characters; none allows all. See Describer.
	Properties []string
	// Custom is the path of the object in which the fields stand that an account adds;
	// "" for the record itself.
	Custom string
	// Account says whose records these are, as the source itself tells: an address alone
	// may be that of all its customers. "" when it does not. See Describer.
	Account string
	// Asked is how many answers of the source describing the stream took.
	Asked int
	// Described are the paths of fields that the source came with and the account has
	// as well. See Describer.
	Described []string
	// DescribedAs are the types that the account gives them, as far as it does.
	DescribedAs map[string]Type
	// Undescribed says that the account does not tell of its fields, and Described are
	// those that it will be asked for.
	Undescribed bool
	// NewField is what becomes of a record's member that no field takes; "" is ReactDrop.
	NewField Reaction
	// Refused are paths of fields with a value in which a record goes into the
	// quarantine.
	Refused []string
	// FromFile says that the source cannot be asked for the stream: it comes in
	// files that people import.
	FromFile bool
}

// Field is one column and where its value is found in a record.
type Field struct {
	Column     string
	Paths      []string // names in the JSON record, the first that is present wins; a dot enters an object, \. is a dot in a name, \\ a backslash
	Type       Type
	Rule       Rule
	Strict     bool   // breaking the rule fails the record
	Normalize  string // "" | e164 | national | lower | upper | trim
	EmptyNull  bool   // store '' as NULL in a text column
	NotNull    bool   // the column takes no NULL (the old tables have such); Default stands in
	Default    string // what stands in for NULL where NotNull is set, in the type's text form
	Discovered bool   `json:",omitempty"` // the account has it, and the source did not know of it: see Describer
	Absent     bool   `json:",omitempty"` // the source knows of it, and the account does not have it: see Describer
	// OnBad is what becomes of a value that is not of the type; "" is ReactDrop.
	OnBad Reaction `json:",omitempty"`
	// Of is the column of the field whose values this one takes when that one cannot;
	// "" for a field of its own.
	Of         string `json:",omitempty"`
	DecodeText bool   // a JSON column whose value may come as JSON inside a string, such as "{}"
	// EmptyObject says that the source writes an empty object as [] as well. It is the
	// source's to say and no setting, so that it has no place in the fingerprint of
	// the mapping.
	EmptyObject bool `json:"-"`
}

// Field returns the field of that column.
func (s *Stream) Field(column string) (Field, bool) {
	i := s.FieldIndex(column)
	if i < 0 {
		return Field{}, false
	}
	return s.Fields[i], true
}

// FieldIndex returns the position of the column in Fields, or -1.
func (s *Stream) FieldIndex(column string) int {
	return slices.IndexFunc(s.Fields, func(f Field) bool { return f.Column == column })
}

// Is reports whether the stream goes by that name, in any case and with - or _.
func (s *Stream) Is(name string) bool {
	name = foldName(name)
	return foldName(s.Name) == name || slices.ContainsFunc(s.Aliases, func(a string) bool { return foldName(a) == name })
}

// LinkTo returns the address at which a person sees the record, or "".
func (s *Stream) LinkTo(recordID string) string {
	if s.RecordURL == "" || recordID == "" {
		return ""
	}
	return strings.ReplaceAll(s.RecordURL, "{id}", recordID)
}

func foldName(name string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name))
}
