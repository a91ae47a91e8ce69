package processor_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
)

// options has one rule, "short": at most five bytes.
func options() processor.Options {
	return processor.Options{
		Check: func(rule crm.Rule) (func([]byte) error, error) {
			if rule.Type != "short" {
				return nil, errors.New("no such rule")
			}
			return func(value []byte) error {
				if len(value) == 0 {
					return errors.New("is required")
				}
				if len(value) > 5 {
					return errors.New("is longer than five")
				}
				return nil
			}, nil
		},
		Normalize: func(name string, _ crm.Rule) (func([]byte) ([]byte, bool), error) {
			if name != "lower" {
				return nil, errors.New("no such form")
			}
			return func(v []byte) ([]byte, bool) { return []byte(strings.ToLower(string(v))), true }, nil
		},
	}
}

func stream(fields ...crm.Field) crm.Stream {
	return crm.Stream{
		Name: "things", PrimaryKey: []string{"id"}, Cursor: "changed", Unmapped: []string{"extra"},
		Fields: append([]crm.Field{
			{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger},
			{Column: "changed", Paths: []string{"changed"}, Type: crm.TypeTimestamp},
		}, fields...),
	}
}

func field(t crm.Type, paths ...string) crm.Field {
	return crm.Field{Column: "f", Paths: paths, Type: t}
}

type outcome struct {
	value  string // of the last field; NULL as <null>
	issues []string
	reject string
}

func process(t *testing.T, s crm.Stream, raw string) outcome {
	t.Helper()
	p, err := processor.New(s, options())
	if err != nil {
		t.Fatal(err)
	}
	var row crm.Row
	if r := p.Identify([]byte(raw), &row); r != nil {
		return outcome{reject: string(r.Code) + ": " + r.Reason}
	}
	issues, r := p.Map(&row, nil)
	if r != nil {
		return outcome{reject: string(r.Code) + ": " + r.Reason}
	}
	o := outcome{value: "<null>"}
	if v := row.Values[len(row.Values)-1]; v.Valid {
		o.value = v.String()
	}
	for _, i := range issues {
		o.issues = append(o.issues, strings.Join([]string{i.RecordID, i.Field, i.Value, i.Rule, string(i.Effect)}, "|"))
	}
	return o
}

func TestValuesByType(t *testing.T) {
	for _, c := range []struct {
		name  string
		field crm.Field
		json  string // of the member f; "" leaves it out
		want  outcome
	}{
		{"text", field(crm.TypeText, "f"), `"é\n"`, outcome{value: "é\n"}},
		{"text absent", field(crm.TypeText, "f"), ``, outcome{value: "<null>"}},
		{"text null", field(crm.TypeText, "f"), `null`, outcome{value: "<null>"}},
		{"empty text is not NULL", field(crm.TypeText, "f"), `""`, outcome{value: ""}},
		{"empty text is NULL where set", crm.Field{Column: "f", Paths: []string{"f"}, EmptyNull: true}, `""`, outcome{value: "<null>"}},
		{"number in a text column", field(crm.TypeText, "f"), `44301`, outcome{value: "44301"}},
		{"object in a text column", field(crm.TypeText, "f"), `{"at":"9"}`, outcome{value: `{"at":"9"}`}},
		{"integer", field(crm.TypeInteger, "f"), `9007199254740993`, outcome{value: "9007199254740993"}},
		{"integer as text", field(crm.TypeInteger, "f"), `"42"`, outcome{value: "42"}},
		{"empty integer", field(crm.TypeInteger, "f"), `""`, outcome{value: "<null>"}},
		{"no integer", field(crm.TypeInteger, "f"), `"July"`, outcome{value: "<null>", issues: []string{"7|f|July|type|nulled"}}},
		{"object for an integer", field(crm.TypeInteger, "f"), `{"a":1}`, outcome{value: "<null>", issues: []string{`7|f|{"a":1}|type|nulled`}}},
		{"decimal is exact", field(crm.TypeDecimal, "f"), `0.10000000000000000000000000000001`, outcome{value: "0.10000000000000000000000000000001"}},
		{"decimal is none", field(crm.TypeDecimal, "f"), `"$33,000"`, outcome{value: "<null>", issues: []string{"7|f|$33,000|type|nulled"}}},
		{"boolean", field(crm.TypeBoolean, "f"), `true`, outcome{value: "true"}},
		{"boolean as text", field(crm.TypeBoolean, "f"), `"No"`, outcome{value: "false"}},
		{"timestamp", field(crm.TypeTimestamp, "f"), `"2021-05-20T18:01:02+02:00"`, outcome{value: "2021-05-20T16:01:02Z"}},
		{"timestamp finer than kept", field(crm.TypeTimestamp, "f"), `"2021-05-20T18:01:02.1234567Z"`,
			outcome{value: "2021-05-20T18:01:02.123456Z", issues: []string{"7|f|2021-05-20T18:01:02.1234567Z|type|kept"}}},
		{"no timestamp", field(crm.TypeTimestamp, "f"), `"0000-00-00"`, outcome{value: "<null>", issues: []string{"7|f|0000-00-00|type|nulled"}}},
		{"date", field(crm.TypeDate, "f"), `"2021-02-28"`, outcome{value: "2021-02-28"}},
		{"json", field(crm.TypeJSON, "f"), `[1,{"a":null}]`, outcome{value: `[1,{"a":null}]`}},
		{"value that stands twice", field(crm.TypeText, "f"), `"a","f":"b"`, outcome{value: "b", issues: []string{"7|f|b|duplicate|kept"}}},
		{"name with escapes", field(crm.TypeText, "é"), `1,"\u00e9":"x"`, outcome{value: "x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := `{"id":7`
			if c.json != "" {
				raw += `,"f":` + c.json
			}
			got := process(t, stream(c.field), raw+"}")
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCustomFieldsInAllThreeShapes(t *testing.T) {
	f := crm.Field{Column: "f", Paths: []string{"customFields"}, Type: crm.TypeJSON, DecodeText: true, EmptyObject: true}
	for raw, want := range map[string]outcome{
		`{"a":1}`:         {value: `{"a":1}`},
		`"{\"a\":\"b\"}"`: {value: `{"a":"b"}`},
		`"{}"`:            {value: `{}`},
		`[]`:              {value: `{}`},
		`"[]"`:            {value: `{}`},
		`""`:              {value: `<null>`},
		`null`:            {value: `<null>`},
		`"oops"`:          {value: `"oops"`, issues: []string{"7|customFields|oops|type|kept"}},
	} {
		if got := process(t, stream(f), `{"id":7,"customFields":`+raw+`}`); !cmp.Equal(got, want, cmp.AllowUnexported(outcome{})) {
			t.Errorf("%s: %+v, want %+v", raw, got, want)
		}
	}
}

// Only a source that writes an empty object as a list has one made of the other: from
// any other an empty list is an empty list (L5).
func TestL5AnEmptyListStaysAList(t *testing.T) {
	for name, f := range map[string]crm.Field{"JSON in a text": {DecodeText: true}, "JSON": {}} {
		f.Column, f.Paths, f.Type = "f", []string{"f"}, crm.TypeJSON
		for raw, want := range map[string]string{`[]`: `[]`, `[ ]`: `[ ]`, `{}`: `{}`, `[1]`: `[1]`} {
			if got := process(t, stream(f), `{"id":7,"f":`+raw+`}`); got.value != want || got.issues != nil {
				t.Errorf("%s: %s: %+v", name, raw, got)
			}
			if !f.DecodeText {
				continue
			}
			if got := process(t, stream(f), `{"id":7,"f":"`+raw+`"}`); got.value != want || got.issues != nil {
				t.Errorf("%s: %q: %+v", name, raw, got)
			}
		}
	}
}

func TestNestedPathsAndTheirOrder(t *testing.T) {
	f := field(crm.TypeText, "city", "address.city", `custom\.x.deep`)
	for raw, want := range map[string]string{
		`{"id":7,"city":"flat","address":{"city":"nested"}}`: "flat",
		`{"id":7,"address":{"city":"nested"},"city":"flat"}`: "flat",
		`{"id":7,"address":{"city":"nested"}}`:               "nested",
		`{"id":7,"custom.x":{"deep":"dotted"}}`:              "dotted",
		`{"id":7,"address":null}`:                            "<null>",
		`{"id":7,"address":"no object"}`:                     "<null>",
	} {
		if got := process(t, stream(f), raw); got.value != want {
			t.Errorf("%s: %q, want %q", raw, got.value, want)
		}
	}
}

func TestACustomFieldBecomesAColumnInEveryShape(t *testing.T) {
	s := stream(
		crm.Field{Column: "custom_fields", Paths: []string{"customFields"}, Type: crm.TypeJSON, DecodeText: true},
		crm.Field{Column: "roof_age", Paths: []string{"customFields.Roof Age"}, Type: crm.TypeInteger},
	)
	for _, raw := range []string{`{"id":7,"customFields":{"Roof Age":"15"}}`, `{"id":7,"customFields":"{\"Roof Age\":15}"}`} {
		if got := process(t, s, raw); got.value != "15" || got.issues != nil {
			t.Errorf("%s: %+v", raw, got)
		}
	}
}

func TestABrokenRuleKeepsTextAndNullsWhatIsTyped(t *testing.T) {
	text := crm.Field{Column: "f", Paths: []string{"f"}, Rule: crm.Rule{Type: "short"}}
	if got, want := process(t, stream(text), `{"id":7,"f":"too long"}`), (outcome{value: "too long", issues: []string{"7|f|too long|short|kept"}}); !cmp.Equal(got, want, cmp.AllowUnexported(outcome{})) {
		t.Errorf("text: %+v", got)
	}
	number := crm.Field{Column: "f", Paths: []string{"f"}, Type: crm.TypeInteger, Rule: crm.Rule{Type: "short"}}
	if got, want := process(t, stream(number), `{"id":7,"f":1234567}`), (outcome{value: "<null>", issues: []string{"7|f|1234567|short|nulled"}}); !cmp.Equal(got, want, cmp.AllowUnexported(outcome{})) {
		t.Errorf("number: %+v", got)
	}
	if got := process(t, stream(text), `{"id":7,"f":""}`); got.issues != nil {
		t.Errorf("an empty value that is not required: %+v", got)
	}
	text.Rule.Required = true
	if got := process(t, stream(text), `{"id":7}`); len(got.issues) != 1 {
		t.Errorf("an absent value that is required: %+v", got)
	}
}

func TestStrictFailsTheRecord(t *testing.T) {
	f := crm.Field{Column: "f", Paths: []string{"f"}, Rule: crm.Rule{Type: "short"}, Strict: true}
	if got := process(t, stream(f), `{"id":7,"f":"too long"}`); !strings.HasPrefix(got.reject, "record_broke_rule: f is longer than five") {
		t.Errorf("%+v", got)
	}
	f = crm.Field{Column: "f", Paths: []string{"f"}, Type: crm.TypeInteger, Strict: true}
	if got := process(t, stream(f), `{"id":7,"f":"x"}`); !strings.HasPrefix(got.reject, "record_broke_rule: f is not a whole number") {
		t.Errorf("%+v", got)
	}
}

func TestNormalizing(t *testing.T) {
	f := crm.Field{Column: "f", Paths: []string{"f"}, Normalize: "lower"}
	if got := process(t, stream(f), `{"id":7,"f":"MiXed"}`); got.value != "mixed" {
		t.Errorf("%+v", got)
	}
}

func TestARecordWithoutItsKeyIsRejectedWithItsBytes(t *testing.T) {
	for raw, want := range map[string]crm.Code{
		`{"changed":"2021-05-20T18:01:02Z"}`: crm.CodeNoKey,
		`{"id":null}`:                        crm.CodeNoKey,
		`{"id":""}`:                          crm.CodeNoKey,
		`{"id":"abc"}`:                       crm.CodeNoKey,
		`{"id":1.5}`:                         crm.CodeNoKey,
		`{"id":{"a":1}}`:                     crm.CodeNoKey,
		`{"id":99999999999999999999}`:        crm.CodeNoKey,
		`[1]`:                                crm.CodeNotRecord,
		`null`:                               crm.CodeNotRecord,
		`"x"`:                                crm.CodeNotRecord,
	} {
		p, err := processor.New(stream(), options())
		if err != nil {
			t.Fatal(err)
		}
		var row crm.Row
		r := p.Identify([]byte(raw), &row)
		if r == nil || r.Code != want || string(r.Raw) != raw {
			t.Errorf("%s: %+v, want %s", raw, r, want)
		}
	}
}

// No database takes these; the record is kept, cleaned, with an issue that
// names the field.
func TestCharactersThatNoDatabaseTakes(t *testing.T) {
	for name, c := range map[string]struct{ in, value string }{
		"NUL":                  {`a\u0000b`, "a\ufffdb"},
		"high surrogate":       {`a\ud800b`, "a\ufffdb"},
		"low surrogate":        {`\udc00`, "\ufffd"},
		"reversed pair":        {`\udc00\ud800`, "\ufffd\ufffd"},
		"high before a letter": {`\ud83dx`, "\ufffdx"},
		"not UTF-8":            {"a\xffb", "a\ufffdb"},
	} {
		t.Run(name, func(t *testing.T) {
			got := process(t, stream(field(crm.TypeText, "f")), `{"id":7,"f":"`+c.in+`"}`)
			if got.value != c.value || len(got.issues) != 1 || !strings.Contains(got.issues[0], "|encoding|cleaned") {
				t.Errorf("%+v", got)
			}
			if !json.Valid([]byte(`"` + got.value + `"`)) {
				t.Error("the cleaned text is not valid")
			}
		})
	}
	for _, fine := range []string{`\\u0000`, `\u00e9`, `\ud83d\ude00`, `\\\\u0000`} {
		if got := process(t, stream(field(crm.TypeText, "f")), `{"id":7,"f":"`+fine+`"}`); got.issues != nil {
			t.Errorf("%s: %+v", fine, got)
		}
	}
}

func TestTheHashFollowsTheRecordAndTheMapping(t *testing.T) {
	hash := func(s crm.Stream, o processor.Options, raw string) crm.Hash {
		p, err := processor.New(s, o)
		if err != nil {
			t.Fatal(err)
		}
		var row crm.Row
		if r := p.Identify([]byte(raw), &row); r != nil {
			t.Fatal(r.Reason)
		}
		return row.Hash
	}
	same := hash(stream(), options(), `{"id":7,"a":1}`)
	if hash(stream(), options(), `{"id":7,"a":1}`) != same {
		t.Error("the same record has two hashes")
	}
	if hash(stream(), options(), `{"id":7,"a":2}`) == same {
		t.Error("a changed record has the same hash")
	}
	if hash(stream(field(crm.TypeText, "a")), options(), `{"id":7,"a":1}`) == same {
		t.Error("a changed mapping has the same hash")
	}
	shaped := options()
	shaped.Shape = "f varchar(10)"
	if hash(stream(), shaped, `{"id":7,"a":1}`) == same {
		t.Error("a changed table has the same hash")
	}
}

func TestUnknownFieldsAreTold(t *testing.T) {
	p, err := processor.New(stream(), options())
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{`{"id":7,"new":1,"extra":2}`, `{"newer":1,"id":8}`} {
		var row crm.Row
		p.Identify([]byte(raw), &row)
		p.Map(&row, nil)
	}
	if diff := cmp.Diff([]string{"new", "newer"}, p.Unknown()); diff != "" {
		t.Error(diff)
	}
}

func TestABadRuleIsFoundBeforeTheRun(t *testing.T) {
	if _, err := processor.New(stream(crm.Field{Column: "f", Rule: crm.Rule{Type: "nonsense"}}), options()); err == nil {
		t.Error("a rule that does not exist was taken")
	}
	if _, err := processor.New(stream(crm.Field{Column: "f", Normalize: "nonsense"}), options()); err == nil {
		t.Error("a form that does not exist was taken")
	}
	skip := options()
	skip.SkipRules = true
	if _, err := processor.New(stream(crm.Field{Column: "f", Rule: crm.Rule{Type: "nonsense"}}), skip); err != nil {
		t.Error("rules that are skipped were made:", err)
	}
}

func TestLongValuesAreCutInIssuesOnly(t *testing.T) {
	long := strings.Repeat("é", 2000)
	f := crm.Field{Column: "f", Paths: []string{"f"}, Rule: crm.Rule{Type: "short"}}
	got := process(t, stream(f), `{"id":7,"f":"`+long+`"}`)
	if got.value != long {
		t.Error("the value was cut")
	}
	if len(got.issues) != 1 || len(got.issues[0]) > crm.MaxIssueValue+100 {
		t.Error("the issue keeps it whole")
	}
}

func TestCompositeKey(t *testing.T) {
	s := stream(crm.Field{Column: "at", Paths: []string{"at"}, Type: crm.TypeTimestamp})
	s.PrimaryKey = []string{"id", "at"}
	p, err := processor.New(s, options())
	if err != nil {
		t.Fatal(err)
	}
	var row crm.Row
	if r := p.Identify([]byte(`{"id":7,"at":"2021-05-20T18:01:02Z"}`), &row); r != nil || row.ID != "7/2021-05-20T18:01:02Z" {
		t.Errorf("%q %+v", row.ID, r)
	}
	if r := p.Identify([]byte(`{"id":7}`), &row); r == nil || r.Field != "at" {
		t.Errorf("%+v", r)
	}
}
