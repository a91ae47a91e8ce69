package simulate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// The oracle maps records to rows in its own plain way, with encoding/json, so
// that a mistake of the processor is not made twice.

// expected returns what a column has to hold for a record, nil for NULL. known
// is false when the source has a value that the column cannot hold: then it is
// NULL, and there must be an issue (L5).
func expected(f crm.Field, fields map[string]json.RawMessage) (value *string, known bool) {
	raw := at(fields, f.Paths)
	if raw == nil || string(raw) == "null" {
		return nil, true
	}
	if f.Type == crm.TypeJSON {
		return expectedJSON(f, raw), true
	}
	text := string(raw)
	if raw[0] == '"' && json.Unmarshal(raw, &text) != nil {
		return nil, false
	}
	if f.Type == crm.TypeText {
		text = strings.ReplaceAll(text, "\x00", "\ufffd")
		if f.EmptyNull && text == "" {
			return nil, true
		}
		return &text, true
	}
	if text == "" {
		return nil, true
	}
	text, ok := typed(f, text)
	if !ok {
		return nil, false
	}
	return &text, true
}

// writable is a raw value as a database takes it, be it written as a text or not.
func writable(raw json.RawMessage) string {
	return strings.Trim(strings.NewReplacer(`\u0000`, "\ufffd", `\ufffd`, "\ufffd").Replace(string(raw)), `"`)
}

// at returns the first of the paths that is there.
func at(fields map[string]json.RawMessage, paths []string) json.RawMessage {
	for _, path := range paths {
		if raw, ok := fields[path]; ok {
			return raw
		}
	}
	return nil
}

// spread adds to the members of a record those of the objects inside of it, under
// their paths.
func spread(fields map[string]json.RawMessage) map[string]json.RawMessage {
	all := maps.Clone(fields)
	for name, raw := range fields {
		var inner map[string]json.RawMessage
		if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &inner) != nil {
			continue
		}
		for inside, value := range inner {
			all[name+"."+strings.NewReplacer(`\`, `\\`, ".", `\.`).Replace(inside)] = value
		}
	}
	return all
}

// expectedJSON is the value of a JSON column: there are texts that hold JSON, and
// SalesRabbit writes an empty object in three ways.
func expectedJSON(f crm.Field, raw json.RawMessage) *string {
	text := string(raw)
	if f.DecodeText {
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &text); err != nil || text == "" {
				return nil
			}
		}
	}
	if f.EmptyObject && text == "[]" {
		text = "{}"
	}
	return &text
}

// typed writes a value of a typed column in one form; false if it is none.
func typed(f crm.Field, text string) (string, bool) {
	switch f.Type {
	case crm.TypeInteger:
		n, err := strconv.ParseInt(text, 10, 64)
		return strconv.FormatInt(n, 10), err == nil
	case crm.TypeBoolean:
		if answer, is := map[string]string{"yes": "true", "no": "false"}[strings.ToLower(text)]; is {
			return answer, true
		}
		b, err := strconv.ParseBool(text)
		return strconv.FormatBool(b), err == nil
	case crm.TypeDecimal:
		n, ok := new(big.Rat).SetString(text)
		if !ok || len(n.Num().String()) > digits || beyond(n, f.Rule) {
			return "", false
		}
		return n.RatString(), true
	default:
		t, ok := instant(text)
		return t, ok
	}
}

// digits is more than any column of numbers is asked to hold: 1e400 is no number.
const digits = 100

// beyond reports whether a number lies outside the bounds of its rule.
func beyond(n *big.Rat, r crm.Rule) bool {
	least, low := new(big.Rat).SetString(r.Min)
	most, high := new(big.Rat).SetString(r.Max)
	return low && n.Cmp(least) < 0 || high && n.Cmp(most) > 0
}

// instant reads the ways in which the source and the databases write times and
// days, and writes them in one.
func instant(text string) (string, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > 11 { // as HubSpot writes some
		return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano), true
	}
	if seconds, ok := new(big.Rat).SetString(text); ok && !strings.Contains(text, "/") {
		us, _ := new(big.Rat).Mul(seconds, big.NewRat(1e6, 1)).Float64() // whole, and far below 2^53
		t := time.UnixMicro(int64(us)).UTC()
		return t.Format(time.RFC3339Nano), t.Year() > 0 && t.Year() < 10_000
	}
	for _, layout := range []string{
		time.RFC3339Nano, time.DateOnly, "2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00", time.DateTime, "01/02/2006",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC().Format(time.RFC3339Nano), true
		}
	}
	return "", false
}

// plain writes what a column holds in the form of expected.
func plain(t crm.Type, text string) string {
	switch t {
	case crm.TypeDecimal:
		if n, ok := new(big.Rat).SetString(text); ok {
			return n.RatString()
		}
	case crm.TypeBoolean:
		if b, err := strconv.ParseBool(text); err == nil {
			return strconv.FormatBool(b)
		}
	case crm.TypeTimestamp, crm.TypeDate:
		if written, ok := instant(text); ok {
			return written
		}
	default:
	}
	return text
}

// earlier compares two times that plain has written: as texts, one without a fraction of a
// second would stand behind one that has some.
func earlier(a, b string) bool {
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return errX == nil && errY == nil && x.Before(y)
}

// differs returns how a row differs from the record it stands for, "" when it
// does not. The second result tells of values that are NULL for want of an
// issue (L5).
func (w *world) differs(f fact, r row, s *snapshot) (difference, unexplained string) {
	if w.twins[f.id] {
		return "", ""
	}
	if got := r.text("data"); !w.company.says(got, f) {
		return "in data, " + members(got, f), ""
	}
	var gone *string // when, as the source says
	if w.stream.Deleted != "" {
		field, _ := w.stream.Field(w.stream.Deleted)
		gone, _ = expected(field, f.values)
	}
	if got := r[deletedAt]; (got == nil) != (gone == nil) || got != nil && plain(crm.TypeTimestamp, *got) != *gone {
		return fmt.Sprintf("%s is %s, want %s", deletedAt, shown(got), shown(gone)), ""
	}
	for _, field := range w.stream.Fields {
		if w.company.promise().whole && slices.Contains(w.stream.PrimaryKey, field.Column) {
			continue
		}
		want, known := expected(field, f.values)
		if want == nil && field.NotNull && field.Default != "" {
			want = &field.Default
		}
		got := r[field.Column]
		switch {
		case !known && got == nil:
			if !s.issues[[2]string{w.recordID(f, r), field.Column}] {
				return "", field.Column + " is NULL and nobody is told; the source has " + string(at(f.values, field.Paths))
			}
		case (want == nil) != (got == nil), want != nil && !sameValue(field.Type, *want, *got):
			return fmt.Sprintf("%s is %s, want %s", field.Column, shown(got), shown(want)), ""
		}
	}
	return "", ""
}

// recordID is the key by which Warren names a record.
func (w *world) recordID(f fact, r row) string {
	if w.company.promise().whole {
		return r.text(w.stream.PrimaryKey[0])
	}
	return f.id
}

// holds reports whether a record is among raw ones.
func (w *world) holds(raws []string, f fact) bool {
	return slices.ContainsFunc(raws, func(raw string) bool { return w.company.says(raw, f) })
}

// alike reports whether a raw record has the same in every field of the stream.
func (w *world) alike(raw string, f fact) bool {
	if raw == string(f.raw) {
		return true
	}
	other := w.fact([]byte(raw))
	for _, field := range w.stream.Fields {
		want, known := expected(field, f.values)
		got, also := expected(field, other.values)
		switch {
		case known != also, (want == nil) != (got == nil):
			return false
		case !known && writable(at(f.values, field.Paths)) != writable(at(other.values, field.Paths)):
			return false
		case want != nil && !sameValue(field.Type, *want, *got):
			return false
		}
	}
	return true
}

// members names what differs between a record in the warehouse and at the
// source.
func members(got string, f fact) string {
	var has map[string]json.RawMessage
	if json.Unmarshal([]byte(got), &has) != nil {
		return "the warehouse has " + got
	}
	return strings.Join(differing("", has, f.fields), "; ")
}

func differing(above string, has, wanted map[string]json.RawMessage) (differ []string) {
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		var inside, outside map[string]json.RawMessage
		switch {
		case string(has[name]) == string(wanted[name]):
		case json.Unmarshal(has[name], &inside) == nil && json.Unmarshal(wanted[name], &outside) == nil && inside != nil:
			differ = append(differ, differing(above+name+".", inside, outside)...)
		default:
			differ = append(differ, fmt.Sprintf("%s%s is %s, the source has %s", above, name, has[name], wanted[name]))
		}
	}
	return differ
}

func sameValue(t crm.Type, want, got string) bool {
	if t == crm.TypeJSON {
		return want == got || sameJSON(got, []byte(want))
	}
	return plain(t, want) == plain(t, got)
}

// sameJSON compares what two texts mean: PostgreSQL may write it its own way.
func sameJSON(got string, want []byte) bool {
	a, errA := canonical([]byte(got))
	b, errB := canonical(want)
	return errA == nil && errB == nil && slices.Equal(a, b)
}

func canonical(text []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func shown(text *string) string {
	if text == nil {
		return "NULL"
	}
	return strconv.Quote(*text)
}
