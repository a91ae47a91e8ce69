package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// The types below are the shape of warren.yaml. From their tags come what the
// reader takes, the JSON Schema and the example: help says what a key is for,
// default what holds without it, choices, min and max what it can be.

type fileKeys struct {
	Database value[string]        `yaml:"database" default:"sqlite:///warren.db" help:"Where the data goes: sqlite:///file.db or postgres://user:password@host/name."`
	Log      logKeys              `yaml:"log" help:"What Warren tells about itself."`
	Sync     syncKeys             `yaml:"sync" help:"How every stream is synced."`
	Sources  mapping[accountKeys] `yaml:"sources" help:"The accounts to read, by name."`
}

type logKeys struct {
	Level  value[string] `yaml:"level" default:"info" choices:"debug,info,warn,error" help:"The least important lines to write."`
	Format value[string] `yaml:"format" default:"auto" choices:"auto,text,json" help:"auto writes text; JSON comes on request only."`
}

type syncKeys struct {
	BatchSize value[int]           `yaml:"batch_size" default:"500" min:"1" max:"10000" help:"Records written in one transaction, or fewer when they come to 2 MiB."`
	Overlap   value[time.Duration] `yaml:"overlap" default:"5m" help:"How far before its watermark an incremental run begins."`
	Parallel  value[int]           `yaml:"parallel" default:"4" min:"1" max:"64" help:"Streams that are synced at the same time."`
	Contract  contractKeys         `yaml:"contract" help:"What becomes of what the schema of a stream does not have."`
	Check     value[int]           `yaml:"check_sample" default:"20" min:"0" max:"1000" help:"Records that a run reads again at its end and compares with their rows, for one call; 0 for none."`
	deleteKeys
}

type accountKeys struct {
	Type      value[string]          `yaml:"type" help:"The kind of source; not needed when the account is named after it."`
	Strict    value[bool]            `yaml:"strict" default:"false" help:"A broken rule fails the record."`
	Prefix    value[string]          `yaml:"table_prefix" help:"Put before the names of the account's tables, so that several accounts of one kind can share a database."`
	Normalize mapping[value[string]] `yaml:"normalize" choices:"e164,national,lower,upper,trim,none" help:"How values are rewritten, by the type of their rule."`
	Streams   mapping[streamKeys]    `yaml:"streams" help:"What differs from what the source declares, by stream."`
	Options   mapping[value[string]] `yaml:"*"`
}

type streamKeys struct {
	Enabled   value[bool] `yaml:"enabled" default:"true" help:"Whether the stream is synced."`
	BatchSize value[int]  `yaml:"batch_size" min:"1" max:"10000" help:"Records written in one transaction, or fewer when they come to 2 MiB; without it, sync.batch_size."`
	// Of sources that charge for the bytes that they scan.
	MaxScan value[string] `yaml:"max_scan_bytes" help:"Bytes that the stream may have scanned in one day (UTC), such as 50GB, where the source charges for them; without it, the account's."`
	deleteKeys
	Contract     contractKeys             `yaml:"contract" help:"What becomes of what the schema of the stream does not have; without it, sync.contract."`
	Properties   value[[]string]          `yaml:"properties" help:"Which of the fields that the account adds to the source's own become columns, by name, with * for any characters; without it, all."`
	Fields       mapping[fieldKeys]       `yaml:"fields" help:"Changes to fields, by column."`
	CustomFields mapping[customFieldKeys] `yaml:"custom_fields" help:"Custom fields that get a column of their own, by their name in the source."`
}

type contractKeys struct {
	NewField    value[string] `yaml:"new_field" choices:"evolve,freeze,drop,quarantine" help:"A field that was not there before: evolve gives it a column, freeze fails the run, drop leaves it in the raw record, quarantine holds back the records that have it. Without it, evolve for HubSpot, whose accounts add fields of their own, else drop."`
	ChangedType value[string] `yaml:"changed_type" default:"evolve" choices:"evolve,freeze,drop,quarantine" help:"A field that the account describes as of another type than before: evolve gives the values that its column cannot take a second one."`
	BadValue    value[string] `yaml:"bad_value" default:"drop" choices:"evolve,freeze,drop,quarantine" help:"A value that is not of its field's type: drop makes it NULL with an issue, evolve gives such values a second column, of text."`
}

type deleteKeys struct {
	Deletes     value[string] `yaml:"deletes" default:"soft" choices:"soft,hard,off" help:"What a full run does with rows whose record the source no longer has: soft marks them, hard deletes them, off does not look. Rows that were marked before stay, whatever is set later."`
	DeleteLimit value[string] `yaml:"delete_limit" default:"20%" help:"The share of a table's rows that one run may mark or delete; where more are gone, none is touched and the run is partial."`
}

type fieldKeys struct {
	From        value[[]string] `yaml:"from" help:"Where the value stands in the record, the first that is there wins. A dot enters an object; \\. is a dot in a name."`
	Rule        value[crm.Rule] `yaml:"rule" help:"What is checked; none checks nothing."`
	Strict      value[bool]     `yaml:"strict" help:"Breaking the rule fails the record."`
	Normalize   value[string]   `yaml:"normalize" choices:"e164,national,lower,upper,trim,none" help:"How the value is rewritten."`
	EmptyAsNull value[bool]     `yaml:"empty_as_null" help:"Store an empty text as NULL."`
}

type customFieldKeys struct {
	Column value[string] `yaml:"column" help:"The column to add: small letters, digits and _."`
	Type   value[string] `yaml:"type" default:"text" choices:"text,integer,decimal,boolean,timestamp,date,json" help:"What the column holds."`
	fieldKeys
}

// value is one setting with its place.
type value[T any] struct {
	set      bool
	v        T
	at       Position
	variable bool // it came from the environment, so no message may show it
}

// or returns the setting, or what holds when it is not set.
func (v *value[T]) or(otherwise T) T {
	if v.set {
		return v.v
	}
	return otherwise
}

// named is one key of a mapping whose keys the user chooses.
type named[T any] struct {
	name  string
	at    Position
	value T
}

// mapping keeps the order of the file.
type mapping[T any] struct{ entries []named[T] }

func (m *mapping[T]) find(name string) *T {
	for i := range m.entries {
		if m.entries[i].name == name {
			return &m.entries[i].value
		}
	}
	return nil
}

// key is what the tags of one field say.
type key struct {
	name, help, otherwise string
	choices               []string
	min, max              int
	index                 []int // of the field in its struct
}

// rest is the name of the key that takes all that no other key takes.
const rest = "*"

// keysOf lists the keys of a struct, those of embedded structs included.
func keysOf(t reflect.Type) []key {
	var keys []key
	for _, f := range reflect.VisibleFields(t) {
		name, tagged := f.Tag.Lookup("yaml")
		if !tagged {
			continue
		}
		k := key{name: name, help: f.Tag.Get("help"), otherwise: f.Tag.Get("default"), index: f.Index}
		if c := f.Tag.Get("choices"); c != "" {
			k.choices = strings.Split(c, ",")
		}
		k.min, _ = strconv.Atoi(f.Tag.Get("min"))
		k.max, _ = strconv.Atoi(f.Tag.Get("max"))
		keys = append(keys, k)
	}
	return keys
}

func keyNames(t reflect.Type) []string {
	var names []string
	for _, k := range keysOf(t) {
		if k.name != rest {
			names = append(names, k.name)
		}
	}
	return names
}
