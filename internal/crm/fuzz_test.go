package crm_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// FuzzParseSize compares with math/big: a size that is read is the number
// before its unit times the unit, and neither negative nor wrapped around.
func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"0", "4096", "64kB", "16MiB", "1 GiB", "10b", "4611686018427387904", "4294967296GiB", "-1kB", "+5", "1_0", "0x10", "5 parsecs", "1kBB", " 7 ", "B", ""} {
		f.Add(text)
	}
	units := map[string]int64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := crm.ParseSize(text)
		digits := strings.TrimLeft(text, "0123456789")
		number, unit := text[:len(text)-len(digits)], strings.ToLower(strings.Trim(digits, " "))
		factor, known := units[unit]
		if number == "" || !known || strings.ToUpper(digits) == "" && digits != "" {
			if err == nil && strings.Trim(text, "+0123456789BKMGTIkmgtib \t\n\v\f\r\u0085\u00a0") != "" {
				t.Fatalf("%q is read as %d", text, got)
			}
			return
		}
		want, _ := new(big.Int).SetString(number, 10)
		want.Mul(want, big.NewInt(factor))
		if want.Cmp(big.NewInt(1<<62)) > 0 {
			if err == nil {
				t.Fatalf("%q is read as %d", text, got)
			}
			return
		}
		if err != nil && want.Cmp(big.NewInt(1<<61)) < 0 || err == nil && want.Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("%q is read as %d, %v; want %s", text, got, err, want)
		}
	})
}
