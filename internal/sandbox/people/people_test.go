package people

import (
	"net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestRandIsTheSameForTheSameNumbers(t *testing.T) {
	a, b, c := NewRand(1, 2), NewRand(1, 2), NewRand(2, 1)
	if x, y := a.Uint64(), b.Uint64(); x != y {
		t.Errorf("two streams of (1, 2) begin with %d and %d", x, y)
	}
	if a, b := NewRand(1, 2), c; a.Uint64() == b.Uint64() {
		t.Error("(1, 2) and (2, 1) begin alike")
	}
}

func TestRandIsEven(t *testing.T) {
	r := NewRand(7)
	var seen [10]int
	half, share := 0, 0.0
	for range 10_000 {
		seen[r.Below(10)]++
		if r.Percent(50) {
			half++
		}
		share += r.Share()
	}
	for n, count := range seen {
		if count < 850 || count > 1150 {
			t.Errorf("%d came %d times out of 10000", n, count)
		}
	}
	if half < 4700 || half > 5300 {
		t.Errorf("Percent(50) was true %d times out of 10000", half)
	}
	if mean := share / 10_000; mean < 0.48 || mean > 0.52 {
		t.Errorf("the mean of Share is %f", mean)
	}
	if got := r.Below(0); got != 0 {
		t.Errorf("Below(0) = %d", got)
	}
}

// draw invents one person and returns every text about it.
func draw(n uint64) (Name, *Place, []string) {
	r := NewRand(42, n)
	p := NewPlace(&r)
	name := NewName(&r, p.Country)
	return name, p, []string{
		name.First, name.Last, string(name.AppendMail(nil, &r)), string(p.AppendPhone(nil, &r)),
		string(p.AppendStreet(nil, &r)), string(p.AppendZip(nil, &r)), p.City, p.State, p.CountryName,
	}
}

func TestTextsNeedNoEscapingInJSON(t *testing.T) {
	for n := range uint64(15000) {
		_, _, texts := draw(n)
		for _, text := range texts {
			if strings.ContainsAny(text, `"\`) || strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
				t.Fatalf("person %d: %q cannot stand in JSON as it is", n, text)
			}
		}
	}
}

func TestMailAddressesAreLegal(t *testing.T) {
	apostrophes := 0
	for n := range uint64(15000) {
		_, _, texts := draw(n)
		if _, err := mail.ParseAddress(texts[2]); err != nil {
			t.Fatalf("person %d: %q: %v", n, texts[2], err)
		}
		if strings.Contains(texts[2], "'") {
			apostrophes++
		}
	}
	if apostrophes == 0 {
		t.Error("no address holds an apostrophe")
	}
}

func TestPeopleAreOfManyKinds(t *testing.T) {
	countries, shapes := map[Country]int{}, map[string]bool{}
	var accents, apostrophes, emojis int
	for n := range uint64(15000) {
		name, p, texts := draw(n)
		countries[p.Country]++
		full := name.First + name.Last
		if strings.Contains(full, "'") {
			apostrophes++
		}
		for _, c := range full {
			if c > 127 && unicode.IsLetter(c) {
				accents++
			}
			if c > 0x2000 {
				emojis++
			}
		}
		shapes[strings.Map(func(c rune) rune {
			if unicode.IsDigit(c) {
				return '9'
			}
			return c
		}, texts[3])] = true
		lat, lon := p.Near(&Rand{state: n})
		if lat < 19 || lat > 55 || lon < -122 || lon > 1 {
			t.Fatalf("person %d lives at %f, %f", n, lat, lon)
		}
	}
	if countries[UnitedStates] < 12000 || countries[UnitedKingdom] < 50 || countries[Mexico] < 50 {
		t.Errorf("countries: %v", countries)
	}
	if len(shapes) < 6 {
		t.Errorf("phone numbers have %d shapes only", len(shapes))
	}
	if accents == 0 || apostrophes == 0 || emojis == 0 {
		t.Errorf("%d accents, %d apostrophes, %d emoji", accents, apostrophes, emojis)
	}
}
