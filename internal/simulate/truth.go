package simulate

import (
	"encoding/json"
	"strings"
	"time"
)

// fact is one record as the source has it.
type fact struct {
	id      string // the primary key as text; "" for a record without a usable one
	raw     []byte
	fields  map[string]json.RawMessage
	changed time.Time // the latest of the times by which it can be asked for; zero where it shows none
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
	f.changed = w.company.changed(f.fields)
	var key []string
	for _, column := range w.stream.PrimaryKey {
		field, _ := w.stream.Field(column)
		value, known := expected(field, f.fields)
		if !known || value == nil {
			return f
		}
		key = append(key, *value)
	}
	f.id = strings.Join(key, "/")
	return f
}
