package simulate

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// fact is one record as the source has it.
type fact struct {
	id      string // the primary key as text; "" for a record without a usable one
	raw     []byte
	fields  map[string]json.RawMessage
	values  map[string]json.RawMessage // the fields, and what is inside of them by its path
	changed time.Time                  // the latest of the times by which it can be asked for; zero where it shows none
}

// truth lists the records that the source has now.
func (w *world) truth() ([]fact, error) {
	raws, err := w.company.records()
	if err != nil {
		return nil, err
	}
	facts := make([]fact, 0, len(raws))
	at := make(map[string]int, len(raws))
	for _, raw := range raws {
		f := w.fact(raw)
		if w.stream.Snapshot && !w.stream.Incremental { // a row of a log counts once
			f.id = numbered(f.id, func(id string) bool { _, taken := at[id]; return taken })
		}
		// A lead may get a status twice in a second: these events have one key, and
		// each run writes both.
		if i, twice := at[f.id]; twice && f.id != "" {
			facts[i], w.twins[f.id] = f, true
			continue
		}
		at[f.id] = len(facts)
		facts = append(facts, f)
	}
	return facts, nil
}

// fact reads who a record is, and when it was last changed. Most records are
// asked about more than once.
func (w *world) fact(raw []byte) fact {
	f, known := w.facts[string(raw)]
	if !known {
		f = w.read(raw)
		w.facts[string(raw)] = f
	}
	return f
}

func (w *world) read(raw []byte) fact {
	f := fact{raw: raw}
	if json.Unmarshal(raw, &f.fields) != nil {
		return f
	}
	f.values = spread(f.fields)
	f.changed = w.company.changed(f.fields)
	if w.company.promise().whole {
		f.id = w.contents(func(field crm.Field) *string {
			value, _ := expected(field, f.values)
			return value
		})
		return f
	}
	var key []string
	for _, column := range w.stream.PrimaryKey {
		field, _ := w.stream.Field(column)
		value, known := expected(field, f.values)
		if !known || value == nil {
			return f
		}
		key = append(key, *value)
	}
	f.id = strings.Join(key, "/")
	return f
}
