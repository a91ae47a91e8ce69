package sqlite

import (
	"database/sql/driver"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/crm"
)

func TestDecimalIsANumberWhereItIsExact(t *testing.T) {
	for plain, want := range map[string]driver.Value{
		"0":                                  int64(0),
		"-0":                                 int64(0),
		"0.000":                              int64(0),
		"12.00":                              int64(12),
		"-12.50":                             -12.5,
		"0.1":                                0.1,
		"9223372036854775807":                int64(9223372036854775807),
		"-9223372036854775808":               int64(-9223372036854775808),
		"9223372036854775808":                "9223372036854775808",
		"9007199254740993":                   int64(9007199254740993),
		"9007199254740993.5":                 "9007199254740993.5",
		"12345678901234.5":                   12345678901234.5,
		"123456789012345.6":                  "123456789012345.6",
		"0.123456789012345":                  0.123456789012345,
		"0.1234567890123456":                 "0.1234567890123456",
		"0.000001234":                        0.000001234,
		"0." + strings.Repeat("0", 40) + "1": "0." + strings.Repeat("0", 40) + "1",
		"1e5":                                "1e5", // no plain notation: kept, not judged
	} {
		if got := number([]byte(plain)); got != want {
			t.Errorf("%s is stored as %T %v, want %T %v", plain, got, got, want, want)
		}
	}
}

// What is stored as a number, and what SQLite shows of it (15 digits), is the
// decimal that came in.
func TestL5_DecimalKeepsItsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.StringMatching(`-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?`).Draw(t, "decimal")
		want, _ := new(big.Rat).SetString(plain)
		var shown string
		switch v := number([]byte(plain)).(type) {
		case int64:
			shown = strconv.FormatInt(v, 10)
		case float64:
			shown = strconv.FormatFloat(v, 'g', exactDigits, 64)
		case string:
			shown = v
		}
		got, ok := new(big.Rat).SetString(shown)
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%s became %s", plain, shown)
		}
	})
}

// Texts sort as the instants do, whatever their year.
func TestTimestampsSortAsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := rapid.Int64Range(firstMicros, lastMicros)
		a, b := instant.Draw(t, "a"), instant.Draw(t, "b")
		text := func(n int64) string {
			return bind(crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: n}, toTexts).(string)
		}
		if len(text(a)) != len(timestampLayout) || a < b != (text(a) < text(b)) {
			t.Fatalf("%d is %s, %d is %s", a, text(a), b, text(b))
		}
		if back := textCursor([]byte(text(a)), crm.TypeTimestamp); back.Int != a || !back.Valid {
			t.Fatalf("%s is read as %d, want %d", text(a), back.Int, a)
		}
	})
}
