package sqlite

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func TestScanTakesWhatIsTheSame(t *testing.T) {
	at := time.Date(2026, 3, 14, 15, 9, 26, 500_000_000, time.UTC)
	zone := at.In(time.FixedZone("", 3600))
	var truth bool
	var number int64
	var words string
	var binary []byte
	var instant time.Time
	for _, c := range []struct {
		src, dest any
		want      func() bool // nil: refused
	}{
		{int64(1), &truth, func() bool { return truth }},
		{int64(0), &truth, func() bool { return !truth }},
		{"yes", &truth, nil},
		{3.0, &number, func() bool { return number == 3 }},
		{3.5, &number, nil},
		{"3", &number, nil},
		{nil, &number, nil},
		{int64(-5), &words, func() bool { return words == "-5" }},
		{0.1, &words, func() bool { return words == "0.1" }},
		{[]byte("ab"), &words, func() bool { return words == "ab" }},
		{zone, &words, func() bool { return words == "2026-03-14T15:09:26.500000Z" }},
		{nil, &words, nil},
		{"ab", &binary, func() bool { return string(binary) == "ab" }},
		{nil, &binary, nil},
		{zone, &instant, func() bool { return instant.Equal(at) && instant.Location() == time.UTC }},
		{"2026-03-14 15:09:26.5", &instant, func() bool { return instant.Equal(at) && instant.Location() == time.UTC }},
		{"2026-03-14T15:09:26.500000Z", &instant, func() bool { return instant.Equal(at) && instant.Location() == time.UTC }},
		{"yesterday", &instant, nil},
		{int64(1), &instant, nil},
		{int64(1), new(float32), nil},
	} {
		err := target{c.dest}.Scan(c.src)
		if c.want == nil && err == nil {
			t.Errorf("%T %v was scanned into %T", c.src, c.src, c.dest)
		}
		if c.want != nil && (err != nil || !c.want()) {
			t.Errorf("%T %v into %T: %v", c.src, c.src, c.dest, err)
		}
	}
}

func TestCursorOfAnyColumn(t *testing.T) {
	noon := time.Date(1969, 12, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		stored any
		of     crm.Type
		want   crm.Value
	}{
		{nil, crm.TypeTimestamp, crm.Value{}},
		{int64(7), crm.TypeInteger, crm.IntegerValue(7)},
		{int64(7), crm.TypeTimestamp, crm.Value{}},
		{noon, crm.TypeTimestamp, crm.TimestampValue(noon)},
		{noon, crm.TypeDate, crm.DateValue(-1)},
		{"1969-12-31T12:00:00.000000Z", crm.TypeTimestamp, crm.TimestampValue(noon)},
		{"1969-12-31 12:00:00", crm.TypeTimestamp, crm.TimestampValue(noon)},
		{"1969-12-31", crm.TypeDate, crm.DateValue(-1)},
		{"soon", crm.TypeTimestamp, crm.Value{}},
		{"soon", crm.TypeDate, crm.Value{}},
		{"7", crm.TypeText, crm.Value{}},
	} {
		got := cursorOf(c.stored, c.of)
		if got.Valid != c.want.Valid || got.Valid && (got.Type != c.want.Type || got.Int != c.want.Int) {
			t.Errorf("%v as %s: %+v, want %+v", c.stored, c.of, got, c.want)
		}
	}
}
