package salespro

import (
	"testing"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
)

// activityRow is a row of user_activity, in the order of the share, with other values
// in place of some.
func activityRow(other map[string]csv.Cell) ([]athena.Column, []csv.Cell) {
	names := []string{
		"created_at", "user_id", "company_id", "company_name", "local_customer_uuid", "customer_id", "activity_note", "key_metric",
		"activity_identifier", "price_type", "price", "original_row_num",
	}
	values := []csv.Cell{
		cell("2020-02-07 14:15:20.384"), cell("u1"), cell("c1"), cell("Acme"), cell("uuid"), null, cell(""), cell("Price Presented"),
		cell("a1"), cell("One Year Price"), cell("1200.5"), cell("17"),
	}
	var columns []athena.Column
	for i, name := range names {
		columns = append(columns, athena.Column{Name: name})
		if v, has := other[name]; has {
			values[i] = v
		}
	}
	return columns, values
}

func activityKey(other map[string]csv.Cell) string {
	columns, row := activityRow(other)
	return string(newHasher(userActivity(), columns).key(row, 1))
}

// These keys are in warehouses: they must never change.
func TestGoldenKeys(t *testing.T) {
	columns, row := activityRow(nil)
	h := newHasher(userActivity(), columns)
	for number, want := range map[int]string{1: goldenActivity, 2: goldenActivity + "-2", 13: goldenActivity + "-13"} {
		if got := string(h.key(row, number)); got != want {
			t.Errorf("copy %d has the key %s, want %s", number, got, want)
		}
	}
	columns = []athena.Column{{Name: "estimate_date"}, {Name: "company_name"}, {Name: "estimate_id"}, {Name: "trade_type"}, {Name: "price_guide_amount"}}
	row = []csv.Cell{cell("2024-01-31"), cell("Acme"), cell("e1"), cell("Roofing"), cell("$500.00")}
	if got := string(newHasher(estimatePriceBreakdown(), columns).key(row, 1)); got != goldenBreakdown {
		t.Errorf("%s, want %s", got, goldenBreakdown)
	}
}

const (
	goldenActivity  = "ce6324245bef663b8df63de6e4a4cf49"
	goldenBreakdown = "893041c5a5838d19bf478b43f90366e1"
)

// Each value counts, and whose it is, and whether it is there at all.
func TestKeysTellRowsApart(t *testing.T) {
	seen := map[string]string{activityKey(nil): "the row itself"}
	for name, other := range map[string]map[string]csv.Cell{
		"another user":                {"user_id": cell("u2")},
		"NULL for an empty text":      {"activity_note": null},
		"an empty text for NULL":      {"customer_id": cell("")},
		"both":                        {"activity_note": null, "customer_id": cell("")},
		"values moved to their left":  {"user_id": cell("u1c1"), "company_id": cell("")},
		"values that changed places":  {"user_id": cell("c1"), "company_id": cell("u1")},
		"a millisecond later":         {"created_at": cell("2020-02-07 14:15:20.385")},
		"a nanosecond later":          {"created_at": cell("2020-02-07 14:15:20.384000001")},
		"no time":                     {"created_at": null},
		"a time that is none":         {"created_at": cell("yesterday")},
		"another price":               {"price": cell("1200.51")},
		"a price that is no number":   {"price": cell("NaN")},
		"ten times the price":         {"price": cell("12005")},
		"no price":                    {"price": null},
		"the price zero":              {"price": cell("0")},
		"an empty price":              {"price": cell("")},
		"another number":              {"original_row_num": cell("170")},
		"digits in a text that end 0": {"activity_identifier": cell("a1.0")},
	} {
		key := activityKey(other)
		if was := seen[key]; was != "" {
			t.Errorf("%s has the key of %s", name, was)
		}
		seen[key] = name
		if len(key) != 32 {
			t.Errorf("%s has the key %s", name, key)
		}
	}
}

// The same row has the same key in whatever way its values are written, and in
// whatever order its columns come.
func TestKeysAreTheSameInWhateverWayARowIsWritten(t *testing.T) {
	want := activityKey(nil)
	for name, other := range map[string]map[string]csv.Cell{
		"a decimal with four places": {"price": cell("1200.5000")},
		"a double":                   {"price": cell("1.2005E3")},
		"a time with six digits":     {"created_at": cell("2020-02-07 14:15:20.384000")},
		"a time with its zone":       {"created_at": cell("2020-02-07 14:15:20.384 UTC")},
		"a time as JSON has it":      {"created_at": cell("2020-02-07T14:15:20.384Z")},
		"a number with a fraction":   {"original_row_num": cell("17.0")},
	} {
		if got := activityKey(other); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	zero := activityKey(map[string]csv.Cell{"price": cell("0")})
	for _, text := range []string{"0.00", "-0", "-0.0", "0E5"} {
		if got := activityKey(map[string]csv.Cell{"price": cell(text)}); got != zero {
			t.Errorf("%s is not zero", text)
		}
	}
	if a, b := activityKey(map[string]csv.Cell{"price": cell("100")}), activityKey(map[string]csv.Cell{"price": cell("1")}); a == b {
		t.Error("100 is 1")
	}
	columns, row := activityRow(nil)
	for i, j := 0, len(row)-1; i < j; i, j = i+1, j-1 {
		columns[i], columns[j], row[i], row[j] = columns[j], columns[i], row[j], row[i]
	}
	if got := string(newHasher(userActivity(), columns).key(row, 1)); got != want {
		t.Errorf("the other way round: %s, want %s", got, want)
	}
}

// A column that the share lacks is as good as one that is NULL in all rows.
func TestAColumnThatIsAbsentIsNull(t *testing.T) {
	columns, row := activityRow(map[string]csv.Cell{"original_row_num": null})
	want := string(newHasher(userActivity(), columns).key(row, 1))
	got := string(newHasher(userActivity(), columns[:len(columns)-1]).key(row[:len(row)-1], 1))
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A column of the user's own is part of the key: rows that differ in it alone are two.
func TestAColumnOfTheUsersOwnIsPartOfTheKey(t *testing.T) {
	s := userActivity()
	s.Fields = append(s.Fields, crm.Field{Column: "device", Paths: []string{"device_name"}, Type: crm.TypeText})
	columns, row := activityRow(nil)
	columns = append(columns, athena.Column{Name: "device_name"})
	h := newHasher(s, columns)
	tablet := string(h.key(append(row[:len(row):len(row)], cell("tablet")), 1))
	phone := string(h.key(append(row[:len(row):len(row)], cell("phone")), 1))
	if tablet == phone {
		t.Error("two rows have one key")
	}
}
