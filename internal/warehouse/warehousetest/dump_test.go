package warehousetest

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// Two drivers are compared by these texts, so what is the same must look the
// same, and nothing else may.
func TestTextIsOneForm(t *testing.T) {
	for _, c := range []struct {
		value crm.Value
		want  string
	}{
		{crm.Value{}, NULL},
		{crm.TextValue(nil), ""},
		{crm.TextValue([]byte("1.50")), "1.50"},
		{crm.DecimalValue([]byte("1.50")), "1.5"},
		{crm.DecimalValue([]byte("-0.00")), "0"},
		{crm.DecimalValue([]byte("1e3")), "1000"},
		{crm.DecimalValue([]byte("100000000000000000000000.000000000000000000000001")), "100000000000000000000000.000000000000000000000001"},
		{crm.DecimalValue([]byte("NaN")), "NaN"},
		{crm.DecimalValue([]byte("1/3")), "1/3"},
		{crm.JSONValue([]byte(` {"b": 1.10, "a": [12345678901234567890]} `)), `{"a":[12345678901234567890],"b":1.10}`},
		{crm.JSONValue([]byte(`{"a":`)), `{"a":`},
		{crm.BooleanValue(true), "true"},
		{crm.TimestampValue(instant(0)), "2026-03-14T15:09:26.535897Z"},
		{crm.DateValue(0), "1970-01-01"},
	} {
		if got := Text(c.value); got != c.want {
			t.Errorf("%v is written %q, want %q", c.value, got, c.want)
		}
	}
}
