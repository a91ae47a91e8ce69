package crm_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func at(minutes int) time.Time {
	return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
}

func TestL1WatermarkNeverPassesTheStartOfTheRunNorTheLastChangeSeen(t *testing.T) {
	var none time.Time
	for name, c := range map[string]struct{ start, seen, before, want time.Time }{
		"changes before the run":              {at(60), at(40), none, at(35)},
		"changes during the run":              {at(60), at(70), none, at(55)},
		"a date in the future":                {at(60), at(9999), none, at(55)},
		"nothing seen keeps the old one":      {at(60), none, at(20), at(20)},
		"nothing seen, nothing known":         {at(60), none, none, none},
		"never backwards":                     {at(60), at(10), at(20), at(20)},
		"the source does not tell its clock":  {none, at(40), none, at(35)},
		"seen within the overlap of the last": {at(60), at(22), at(20), at(20)},
	} {
		if got := crm.NextWatermark(c.start, c.seen, c.before, 5*time.Minute); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestL2Balanced(t *testing.T) {
	c := crm.Counts{Fetched: 10, Created: 1, Updated: 2, Unchanged: 3, Failed: 2, Duplicates: 2}
	if !c.Balanced() || c.Processed() != 8 {
		t.Errorf("%+v does not balance", c)
	}
	c.Add(crm.Counts{Fetched: 1})
	if c.Balanced() {
		t.Error("a record that is not accounted for balances")
	}
}

func TestL9Newer(t *testing.T) {
	older, newer := crm.TimestampValue(at(1)), crm.TimestampValue(at(2))
	for name, c := range map[string]struct {
		row, than crm.Value
		want      bool
	}{
		"older": {older, newer, false}, "newer": {newer, older, true}, "equal": {older, older, true},
		"row without a time": {crm.Value{}, newer, true}, "table without a time": {older, crm.Value{}, true},
	} {
		row := crm.Row{Cursor: c.row}
		if got := row.Newer(c.than); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
