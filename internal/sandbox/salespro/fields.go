package salespro

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Fields are values by column: nil for NULL, a string, a bool, an int, a float64,
// a json.Number or a time.Time. Times may be written as 2020-02-07 14:15:20.384,
// decimals as strings.
type Fields map[string]any

// of returns the values by the place of their columns.
func (f Fields) of(d *definition) (map[int]table.Value, error) {
	out := map[int]table.Value{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		column := d.column(name)
		if column < 0 {
			return nil, badField(d.name, name, "is no column of it")
		}
		if f[name] == nil {
			out[column] = table.Value{}
			continue
		}
		t, err := table.ParseType(d.columns[column].Type)
		if err != nil {
			return nil, badField(d.name, name, err.Error())
		}
		v, ok := valueOf(t, f[name])
		if !ok {
			return nil, badField(d.name, name, fmt.Sprintf("cannot be %v", f[name]))
		}
		out[column] = v
	}
	return out, nil
}

func badField(tableName, column, what string) error {
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig,
		Message: fmt.Sprintf("In the table %s, %s %s.", tableName, column, what), Fix: "Give columns of the table values of their types.",
	}
}

// valueOf makes a value of the type.
func valueOf(t table.Type, v any) (table.Value, bool) {
	switch v := v.(type) {
	case time.Time:
		switch t.Kind {
		case table.TimestampKind:
			return table.Time(v), true
		case table.DateKind:
			return table.Date(v), true
		default:
			return table.Value{}, false
		}
	case bool:
		return table.Bool(v), t.Kind == table.BooleanKind
	case int:
		return numberOf(t, strconv.Itoa(v))
	case float64:
		return numberOf(t, strconv.FormatFloat(v, 'f', -1, 64))
	case json.Number:
		return numberOf(t, v.String())
	case string:
		if t.Textual() {
			return table.Text(v), true
		}
		if t.Kind == table.TimestampKind || t.Kind == table.DateKind {
			return timeOf(t, v)
		}
		return numberOf(t, v)
	}
	return table.Value{}, false
}

func numberOf(t table.Type, text string) (table.Value, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return table.Value{}, false
	}
	switch {
	case t.Kind == table.DoubleKind:
		return table.Double(f), true
	case t.Kind == table.DecimalKind:
		whole, fraction, _ := strings.Cut(text, ".")
		return table.Decimal(whole + "." + (fraction + strings.Repeat("0", t.Scale))[:max(t.Scale, len(fraction))]), true
	case t.Whole():
		n, err := strconv.ParseInt(text, 10, 64)
		return table.Int(n), err == nil
	}
	return table.Value{}, false
}

func timeOf(t table.Type, text string) (table.Value, bool) {
	for _, layout := range []string{time.DateTime, time.RFC3339, time.DateOnly} {
		at, err := time.Parse(layout, text)
		switch {
		case err != nil:
		case t.Kind == table.DateKind:
			return table.Date(at), true
		default:
			return table.Time(at), true
		}
	}
	return table.Value{}, false
}
