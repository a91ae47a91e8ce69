package literal

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
)

func decimalText(text []byte) (string, error) {
	out, err := Decimal(text, nil)
	return string(out), err
}

func TestDecimalGolden(t *testing.T) { checkGolden(t, "decimal", decimalText) }

func TestIntegerGolden(t *testing.T) {
	checkGolden(t, "integer", func(text []byte) (string, error) {
		n, err := Integer(text)
		return strconv.FormatInt(n, 10), err
	})
}

func TestDecimalAppendsAndKeepsWhatIsThere(t *testing.T) {
	dst := []byte("id=")
	if out, err := Decimal([]byte("1e2"), dst); err != nil || string(out) != "id=100" {
		t.Errorf("got %q, %v", out, err)
	}
	for _, bad := range []string{"July", "1e400", "1e300" + strings.Repeat("0", 1000)} {
		if out, err := Decimal([]byte(bad), dst); err == nil || string(out) != "id=" {
			t.Errorf("%q: got %q, %v; want what was there and an error", bad, out, err)
		}
	}
}

func TestDecimalRefusesOverThousandDigits(t *testing.T) {
	for _, c := range []struct {
		text string
		want error
	}{
		{strings.Repeat("9", 1000), nil},
		{strings.Repeat("9", 1001), problemDigits},
		{strings.Repeat("9", 500) + "." + strings.Repeat("9", 500), nil},
		{strings.Repeat("9", 500) + "." + strings.Repeat("9", 501), problemDigits},
		{strings.Repeat("0", 1001), problemDigits},
		{strings.Repeat("9", 800) + "e200", nil},
		{strings.Repeat("9", 800) + "e201", problemDigits},
		{"0." + strings.Repeat("9", 799) + "e-200", nil},
		{"0." + strings.Repeat("9", 800) + "e-200", problemDigits},
		{"5e-324", nil},
		{"1.7976931348623157e308", nil},
	} {
		out, err := Decimal([]byte(c.text), nil)
		if err != c.want {
			t.Errorf("%.20q… (%d bytes): %v, want %v", c.text, len(c.text), err, c.want)
		}
		if digits := len(strings.Trim(string(out), "-.")); digits > maxDigits+1 {
			t.Errorf("%.20q… is written with %d digits", c.text, digits)
		}
	}
}

func TestDecimalReadsEveryDouble(t *testing.T) {
	for _, f := range []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, -0.1, 1e21, 123456.789} {
		for _, format := range []byte{'e', 'g', 'f'} {
			text := strconv.FormatFloat(f, format, -1, 64)
			out, err := Decimal([]byte(text), nil)
			if err != nil || !sameNumber(t, text, string(out)) {
				t.Errorf("%s is read as %s, %v", text, out, err)
			}
		}
	}
}

func TestNumbersAllocateNothing(t *testing.T) {
	dst := make([]byte, 0, 64)
	checkAllocs(t, func(text []byte) { _, _ = Decimal(text, dst) }, "12.50", "-0012.5", "1.5e3", "$33,000", "July", "NaN")
	checkAllocs(t, func(text []byte) { _, _ = Integer(text) }, "12", "12.0", "1e3", "12.5", "July")
}

// FuzzDecimal compares with math/big: whatever we accept is the same number,
// in plain form, reading it again changes nothing, and what big reads we read,
// but for the forms and sizes that we refuse.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"-0012.50", "1.5e-3", ".5", "5.", "0e5", "1e400", "NaN", "0x1p-2", "1_000", "$33", "-0.0e1", "100e-2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 3000 {
			return
		}
		out, err := Decimal([]byte(text), nil)
		trimmed := string(trim([]byte(text)))
		if err != nil {
			ours := strings.ContainsAny(trimmed, "_xXpPbBoO/ ") || err == problemDigits || err == problemExponent
			if ours {
				return
			}
			if _, ok := new(big.Rat).SetString(trimmed); ok {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if strings.Trim(string(out), "-.0123456789") != "" || strings.HasPrefix(string(out), ".") || strings.HasSuffix(string(out), ".") {
			t.Fatalf("%q is written as %q, which is not plain", text, out)
		}
		if !sameNumber(t, trimmed, string(out)) {
			t.Fatalf("%q is written as %q, which is another number", text, out)
		}
		if again, err := Decimal(out, nil); err != nil || string(again) != string(out) {
			t.Fatalf("%q is written as %q, and that as %q, %v", text, out, again, err)
		}
	})
}

// FuzzInteger compares with math/big.
func FuzzInteger(f *testing.F) {
	for _, seed := range []string{"12", "12.0", "12.5", "1e3", "-9223372036854775808", "9223372036854775808", "1200e-2", "0e-300"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		plain, decimalErr := Decimal([]byte(text), nil)
		n, err := Integer([]byte(text))
		if decimalErr != nil {
			if err == nil && decimalErr != problemDigits {
				t.Fatalf("%q is no decimal, but the integer %d", text, n)
			}
			return
		}
		want, ok := new(big.Rat).SetString(string(plain))
		if !ok {
			t.Fatalf("%q is not a number", plain)
		}
		if fits := want.IsInt() && want.Num().IsInt64(); fits != (err == nil) {
			t.Fatalf("%q is the integer %d, %v", text, n, err)
		} else if fits && want.Num().Int64() != n {
			t.Fatalf("%q is read as %d", text, n)
		}
	})
}

// FuzzCompare compares with math/big.
func FuzzCompare(f *testing.F) {
	for _, pair := range [][2]string{{"1.50", "1.5"}, {"-0", "0.00"}, {"-2", "1"}, {"9", "10"}, {"-9", "-10"}, {"0.05", "0.5"}, {"-1.2", "-1.25"}, {"1", "-1"}, {"-12", "-13"}, {"10", "9"}, {"13", "12"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, left, right string) {
		a, aErr := Decimal([]byte(left), nil)
		b, bErr := Decimal([]byte(right), nil)
		if aErr != nil || bErr != nil {
			return
		}
		x, _ := new(big.Rat).SetString(string(a))
		y, _ := new(big.Rat).SetString(string(b))
		if got, want := Compare(a, b), x.Cmp(y); got != want {
			t.Fatalf("Compare(%s, %s) = %d, want %d", a, b, got, want)
		}
	})
}

func TestDigitsCountsWhatCarriesTheValue(t *testing.T) {
	for plain, want := range map[string][2]int{
		"0": {0, 0}, "-0.00": {0, 0}, "7": {1, 0}, "12.50": {2, 1}, "-120": {3, 0}, "0.05": {0, 2}, "100.000": {3, 0},
	} {
		if whole, fraction := Digits([]byte(plain)); whole != want[0] || fraction != want[1] {
			t.Errorf("%s has %d and %d digits, want %v", plain, whole, fraction, want)
		}
	}
}

func sameNumber(t *testing.T, text, plain string) bool {
	t.Helper()
	want, ok := new(big.Rat).SetString(strings.ToLower(text))
	if !ok {
		t.Fatalf("%q is not a number to math/big", text)
	}
	got, ok := new(big.Rat).SetString(plain)
	return ok && got.Cmp(want) == 0 && strings.HasPrefix(plain, "-") == strings.HasPrefix(text, "-")
}

func BenchmarkDecimal(b *testing.B) {
	for _, text := range []string{"40.760780", "1.5e3", "$33,000"} {
		b.Run(text, func(b *testing.B) {
			input, dst := []byte(text), make([]byte, 0, 64)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = Decimal(input, dst)
			}
		})
	}
}

func BenchmarkInteger(b *testing.B) {
	input := []byte("1621533662")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Integer(input)
	}
}

func BenchmarkCompare(b *testing.B) {
	left, right := []byte("40.760780"), []byte("90")
	b.ReportAllocs()
	for b.Loop() {
		Compare(left, right)
	}
}
