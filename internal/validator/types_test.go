package validator

import (
	"math/big"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// A value that keeps its rule costs nothing, since nearly all do.
func TestGoodValuesAllocateNothing(t *testing.T) {
	for rule, text := range map[string]string{
		`{type: zip_code}`: "12345-6789",
		`{type: state}`:    "North Carolina",
		`{type: decimal, min: "-90", max: "90", places: 8}`: "40.76078",
		`{type: number}`:                  "1.5e3",
		`{type: integer, min: "1"}`:       "12",
		`{type: boolean}`:                 "true",
		`{type: date}`:                    "2021-05-20",
		`{type: datetime}`:                "2021-05-20T18:01:02+00:00",
		`{type: time}`:                    "18:01",
		`{type: choice, choices: [a, b]}`: "b",
		`{type: choice, choices: [a, b], ignore_case: true}`:    "B",
		`{type: string, max_length: 255}`:                       "Größe",
		`{type: object_id}`:                                     "123",
		`{type: string, required: true, pattern: "[A-Z]{2,3}"}`: "UT",
	} {
		v, value := validatorFor(t, rule), []byte(text)
		if err := v.Check(value); err != nil {
			t.Errorf("%s: %v", rule, err)
		}
		if n := testing.AllocsPerRun(100, func() { _ = v.Check(value) }); n != 0 {
			t.Errorf("%s costs %v allocations", rule, n)
		}
	}
}

func TestUnknownNormalizerIsRefused(t *testing.T) {
	_, err := NewNormalizer("e146", crm.Rule{})
	e := checkConfigError(t, err)
	if e.Message != `there is no normalizer "e146"` || e.Fix != "Did you mean e164? Use one of e164, lower, national, trim, upper." {
		t.Errorf("%s | %s", e.Message, e.Fix)
	}
}

func TestNormalizersOfPhonesKnowTheirCountries(t *testing.T) {
	for _, c := range []struct{ name, country, want string }{
		{"e164", "XX", `there is no country "XX" with phone numbers`},
		{"national", "XX", `there is no country "XX" with phone numbers`},
		{"national", "GB", "the normalizer national writes North American phone numbers, and GB has none"},
	} {
		_, err := NewNormalizer(c.name, crm.Rule{Country: c.country})
		if e := checkConfigError(t, err); e.Message != c.want {
			t.Errorf("%s in %s: %s", c.name, c.country, e.Message)
		}
	}
}

func TestNoNormalizerChangesNothing(t *testing.T) {
	normalize, err := NewNormalizer("", crm.Rule{})
	if err != nil {
		t.Fatal(err)
	}
	if got, changed := normalize([]byte(" Joe ")); string(got) != " Joe " || changed {
		t.Errorf("got %q, %v", got, changed)
	}
}

func TestTrimCutsBlanksToNothing(t *testing.T) {
	normalize, err := NewNormalizer("trim", crm.Rule{})
	if err != nil {
		t.Fatal(err)
	}
	if got, changed := normalize([]byte(" \t")); len(got) != 0 || !changed {
		t.Errorf("got %q, %v", got, changed)
	}
}

// FuzzDecimal: a number that keeps numeric(10,8) fits it, digit by digit.
func FuzzDecimal(f *testing.F) {
	for _, seed := range []string{"40.76078012", "123.4", "99.1234567800", "1e2", "0.1e-8", "$33", "-0", "00012.5"} {
		f.Add(seed)
	}
	v := validatorFor(f, `{type: decimal, max_digits: 10, places: 8, min: "-99", max: "99"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if v.Check([]byte(text)) != nil {
			return
		}
		// 10^8 times a number with 8 places is whole, and below 99 * 10^8.
		n, ok := new(big.Rat).SetString(strings.Trim(text, " \t\n\v\f\r"))
		if !ok {
			t.Fatalf("%q is taken for a number", text)
		}
		n.Mul(n, big.NewRat(100_000_000, 1))
		if !n.IsInt() || n.Num().CmpAbs(big.NewInt(9_900_000_000)) > 0 {
			t.Fatalf("%q is taken, but does not fit", text)
		}
	})
}

func BenchmarkTypes(b *testing.B) {
	for _, c := range []struct{ rule, text string }{
		{`{type: decimal, min: "-90", max: "90", max_digits: 10, places: 8}`, "40.76078012"},
		{`{type: datetime}`, "2021-05-20T18:01:02+00:00"},
		{`{type: state}`, "North Carolina"},
		{`{type: zip_code}`, "12345-6789"},
		{`{type: url}`, "https://example.com/photo.png"},
		{`{type: choice, choices: [a, b, c]}`, "c"},
		{`{type: string, max_length: 255}`, "1 Main Street"},
		{`{type: json}`, `{"a": [1, 2]}`},
	} {
		b.Run(c.rule, func(b *testing.B) {
			v, value := validatorFor(b, c.rule), []byte(c.text)
			b.ReportAllocs()
			for b.Loop() {
				_ = v.Check(value)
			}
		})
	}
}
