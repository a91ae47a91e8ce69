package simulate

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
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

// truth lists the records that the source has now, past every lag and mishap,
// and asked for in the plainest way.
func (w *world) truth() ([]fact, error) {
	var raws [][]byte
	if w.stream.Name == "leads" {
		for _, raw := range w.account.Leads() {
			if known, ok := w.facts[string(raw)]; ok {
				raw = known.raw
			} else {
				raw = slices.Clone(raw)
			}
			raws = append(raws, raw)
		}
	} else {
		var err error
		if raws, err = w.listed(); err != nil {
			return nil, err
		}
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

// listed reads the pages of a list, of which nothing changes meanwhile.
func (w *world) listed() (raws [][]byte, err error) {
	for page := 1; ; page++ {
		r, err := http.NewRequest(http.MethodGet, //nolint:noctx // it is answered in this goroutine
			endpoint+"/"+w.stream.Name+"?page="+strconv.Itoa(page)+"&perPage="+strconv.Itoa(w.settings.most), nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+w.token)
		resp, err := w.wire.source.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		var answer struct{ Data json.RawMessage }
		err = json.NewDecoder(resp.Body).Decode(&answer)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return nil, err
		}
		got, err := taken(answer.Data)
		if err != nil {
			return nil, err
		}
		raws = append(raws, got...)
		if len(got) == 0 || w.stream.Name != "leadStatusHistories" {
			return raws, nil // the other lists come whole
		}
	}
}

// taken takes a list apart; of histories it makes one record of each event.
func taken(data json.RawMessage) (raws [][]byte, err error) {
	if len(data) == 0 || data[0] == '[' {
		var list []json.RawMessage
		err = json.Unmarshal(data, &list)
		for _, raw := range list {
			raws = append(raws, raw)
		}
		return raws, err
	}
	var leads map[string][]json.RawMessage
	err = json.Unmarshal(data, &leads)
	for _, lead := range slices.Sorted(maps.Keys(leads)) {
		for _, event := range leads[lead] {
			raws = append(raws, append([]byte(`{"leadId":`+lead+`,`), event[1:]...))
		}
	}
	return raws, err
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
	for _, name := range []string{"dateModified", "statusModified", "leadModified", "statusUpdated"} {
		var text string
		if json.Unmarshal(f.fields[name], &text) != nil {
			continue
		}
		if t, err := time.Parse(time.RFC3339, text); err == nil && t.After(f.changed) {
			f.changed = t.UTC()
		}
	}
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
