package validator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/crm"
)

// checkShortcut holds the short way for North American numbers to what the
// library says of the same text: a possible number, and the same one.
func checkShortcut(t interface {
	Helper()
	Fatalf(string, ...any)
}, text, country string) {
	t.Helper()
	ten, ok := northAmerican([]byte(text))
	if !ok || !inPlan(ten) || !isNorthAmerican(country) {
		return
	}
	number, err := phonenumbers.Parse(text, country)
	if err != nil {
		t.Fatalf("%q in %s: the library says %v", text, country, err)
	}
	if reason := phonenumbers.IsPossibleNumberWithReason(number); reason != phonenumbers.IS_POSSIBLE {
		t.Fatalf("%q in %s: the library says %v", text, country, reason)
	}
	if got, want := "+1"+string(ten[:]), phonenumbers.Format(number, phonenumbers.E164); got != want {
		t.Fatalf("%q in %s is read as %s, the library reads %s", text, country, got, want)
	}
	if number.GetExtension() != "" {
		t.Fatalf("%q in %s has the extension %s", text, country, number.GetExtension())
	}
	if _, _, err := parsePhone([]byte(text), country); err != nil {
		t.Fatalf("%q in %s: the long way says %v", text, country, err)
	}
}

// Texts that look like North American numbers, with plus signs and punctuation
// wherever they can stand.
func TestShortcutAgreesWithTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fill := rapid.SampledFrom([]string{"", "", "", " ", "-", ".", "(", ")", "+", ") ", " (", "--", " - "})
		lead := rapid.SampledFrom([]string{"", "", "1", "+1", "+", "+ 1", "++1", "01", "(+1", "1+", "011"}).Draw(t, "lead")
		digits := rapid.StringMatching(`[2-9][0-9]{2}[0-9][0-9]{6}`).Draw(t, "digits")
		var b strings.Builder
		b.WriteString(fill.Draw(t, "before") + lead)
		for _, d := range digits {
			b.WriteString(fill.Draw(t, "between"))
			b.WriteRune(d)
		}
		b.WriteString(fill.Draw(t, "after"))
		checkShortcut(t, b.String(), rapid.SampledFrom([]string{"US", "CA"}).Draw(t, "country"))
	})
}

// Every area code and exchange that the short way takes.
func TestShortcutAgreesForEveryAreaCode(t *testing.T) {
	for area := 200; area <= 999; area += 7 {
		for _, exchange := range []int{200, 211, 411, 555, 911, 999} {
			checkShortcut(t, fmt.Sprintf("(%d) %d-0100", area, exchange), "US")
			checkShortcut(t, fmt.Sprintf("1%d%d9999", area, exchange), "US")
		}
	}
}

func TestShortcutTakesOrdinaryNumbersOnly(t *testing.T) {
	for text, want := range map[string]bool{
		"(234) 567-8901": true, "2345678901": true, "+1 234 567 8901": true, "1.234.567.8901": true,
		"+2345678901": false, "22345678901": false, "1345678901": false, "2341678901": false, "234567890": false,
		"123456789012": false, "234567+8901": false, "++12345678901": false, "2345678901x": false, "": false,
		"2345678901" + strings.Repeat(" ", 32): false,
	} {
		ten, ok := northAmerican([]byte(text))
		if got := ok && inPlan(ten); got != want {
			t.Errorf("%q takes the short way: %v, want %v", text, got, want)
		}
	}
}

func TestLongNonsenseIsRefusedWithoutMemory(t *testing.T) {
	p := &phone{country: "US"}
	for range 3 {
		if err := p.Check([]byte("+44" + strings.Repeat(" ", 300) + "2079460958")); err == nil {
			t.Fatal("a number of 300 blanks is taken")
		}
	}
	if n := len(p.judged.recent); n != 0 {
		t.Errorf("%d long texts are remembered", n)
	}
}

func TestOrdinaryPhonesAllocateNothing(t *testing.T) {
	v := validatorFor(t, "{type: phone}")
	for _, text := range []string{"(234) 567-8901", "+1 234 567 8901", "+44 20 7946 0958", "555"} {
		value := []byte(text)
		_ = v.Check(value) // the library's answer is remembered from here on
		if n := testing.AllocsPerRun(100, func() { _ = v.Check(value) }); n != 0 {
			t.Errorf("%s costs %v allocations", text, n)
		}
	}
}

// FuzzPhone: the short way and the long way agree, nothing panics, and what a
// normaliser writes is a good number that it leaves alone.
func FuzzPhone(f *testing.F) {
	for _, seed := range []string{
		"(234) 567-8901", "+12345678901", "+234 567 8901", "1-800-FLOWERS", "2345678901;ext=12", "2345678901 x12",
		"2345678901;phone-context=+44", "+44 (0)20 7946 0958", "011 44 20 7946 0958", "０１２３４５６７８９", "(2(3)4)-5.6 78901",
	} {
		f.Add(seed)
	}
	us, err := NewRegistry().New(crm.Rule{Type: "phone"})
	if err != nil {
		f.Fatal(err)
	}
	e164, err := NewNormalizer("e164", crm.Rule{})
	if err != nil {
		f.Fatal(err)
	}
	national, err := NewNormalizer("national", crm.Rule{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkShortcut(t, text, "US")
		good := us.Check([]byte(text)) == nil
		if out, changed := e164([]byte(text)); changed {
			if !good || us.Check(out) != nil {
				t.Fatalf("%q (good: %v) becomes %q", text, good, out)
			}
			if again, changed := e164(out); changed {
				t.Fatalf("%q becomes %q, and that %q", text, out, again)
			}
		}
		if out, changed := national([]byte(text)); changed && len(out) != 14 {
			t.Fatalf("%q becomes %q", text, out)
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	for _, text := range []string{"(234) 567-8901", "+12345678901", "+44 20 7946 0958", "not home"} {
		b.Run(text, func(b *testing.B) {
			v, value := validatorFor(b, "{type: phone}"), []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				_ = v.Check(value)
			}
		})
	}
}

func BenchmarkPhoneLibrary(b *testing.B) {
	p, value := &phone{country: "US"}, []byte("+44 20 7946 0958")
	b.ReportAllocs()
	for b.Loop() {
		_ = p.judge(value)
	}
}
