package validator

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
)

// FuzzRules holds of every type of validator and any text: it leaves the text
// alone, says the same the second time, and does not repeat the text, which
// may be somebody's (the issue has it anyway).
func FuzzRules(f *testing.F) {
	for _, text := range []string{
		"", " ", "joe@example.com", "(234) 567-8901 x12", "+44 20 7946 0958", "84101-1234", "K1A 0B1", "ut", "Québec", "40.76078", "1e400", "$33", "yes", "2021-02-30",
		"1621533662000", "24:00", "https://example.com/?q=1#x", "mailto:joe", "12345678901234567890", `{"a":1,"a":2}`, `{"a":`, "open", "OPEN", "\xff\xfe", "\u0000\u200b",
	} {
		f.Add([]byte(text))
	}
	places := 2
	rules := []crm.Rule{
		{Type: "decimal", Min: "-90", Max: "90", MaxDigits: 10, Places: &places}, {Type: "integer", Min: "1", Required: true}, {Type: "zip", Country: "CA"}, {Type: "phone", Country: "GB"},
		{Type: "choice", Choices: []string{"open", "Closed"}, IgnoreCase: true}, {Type: "string", MinLength: 2, MaxLength: 20, Pattern: `[A-Z]\w+`, Required: true}, {Type: "email", MaxLength: 20},
	}
	registry := NewRegistry()
	for _, kind := range registry.Names() {
		rule := crm.Rule{Type: kind.Name}
		if kind.Name == "choice" {
			rule.Choices = []string{"open"}
		}
		rules = append(rules, rule)
	}
	var all []Validator
	for _, rule := range rules {
		v, err := registry.New(rule)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, v)
	}
	const marker = "m4rk3r"
	f.Fuzz(func(t *testing.T, text []byte) {
		for i, v := range all {
			before := bytes.Clone(text)
			first := v.Check(text)
			if second := v.Check(text); (first == nil) != (second == nil) || first != nil && first.Error() != second.Error() {
				t.Errorf("%+v: %q is %v, then %v", rules[i], text, first, second)
			}
			if !bytes.Equal(text, before) {
				t.Fatalf("%+v: %q was changed to %q", rules[i], before, text)
			}
			if first != nil && !utf8.ValidString(first.Error()) {
				t.Errorf("%+v: %q is told as %q", rules[i], text, first)
			}
			if rules[i].Required && len(bytes.Trim(text, " \t\n\v\f\r")) == 0 && first == nil {
				t.Errorf("%+v: %q is required and empty", rules[i], text)
			}
			if err := v.Check(append(append(before, marker...), text...)); err != nil && strings.Contains(err.Error(), marker) {
				t.Errorf("%+v: the text is repeated: %v", rules[i], err)
			}
		}
	})
}

// FuzzNormalize holds of every normal form and any text: the text is left
// alone, what comes out is in that form already, in UTF-8 if the text was, and
// for a phone number still the number of a good phone.
func FuzzNormalize(f *testing.F) {
	for _, text := range []string{
		"Joe ", "JOE@EXAMPLE.COM", "ß ŉ ǰ", "İstanbul", "\xffA", " \u00a0x\u2003", "(234) 567-8901", "+1 234 567 8901", "020 7946 0958", "+390612345678", "0041 44 668 18 00", "+8400000000000", "",
	} {
		f.Add([]byte(text), uint8(0))
		f.Add([]byte(text), uint8(1))
	}
	countries := [...]string{"US", "GB", "IT", "DE", "AR", "MX", "AU"}
	forms := map[string]map[string]func([]byte) ([]byte, bool){}
	phones := map[string]Validator{}
	for _, country := range countries {
		forms[country] = map[string]func([]byte) ([]byte, bool){}
		for _, kind := range Normalizers() {
			if kind.Name == "national" && country != "US" {
				continue
			}
			normalize, err := NewNormalizer(kind.Name, crm.Rule{Country: country})
			if err != nil {
				f.Fatal(err)
			}
			forms[country][kind.Name] = normalize
		}
		v, err := NewRegistry().New(crm.Rule{Type: "phone", Country: country})
		if err != nil {
			f.Fatal(err)
		}
		phones[country] = v
	}
	f.Fuzz(func(t *testing.T, text []byte, at uint8) {
		country := countries[int(at)%len(countries)]
		for name, normalize := range forms[country] {
			before := bytes.Clone(text)
			out, changed := normalize(text)
			out = bytes.Clone(out)
			if !bytes.Equal(text, before) {
				t.Fatalf("%s: %q was changed to %q", name, before, text)
			}
			if changed == bytes.Equal(out, text) || utf8.Valid(text) && !utf8.Valid(out) {
				t.Errorf("%s: %q becomes %q, changed: %v", name, text, out, changed)
			}
			if again, changed := normalize(out); changed {
				t.Errorf("%s in %s: %q becomes %q, and that %q", name, country, text, out, again)
			}
			if name == "e164" && changed && (out[0] != '+' || phones[country].Check(out) != nil || phones[country].Check(text) != nil) {
				t.Errorf("%q in %s becomes %q", text, country, out)
			}
		}
	})
}
