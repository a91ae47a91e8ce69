package processor_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/processor"
)

// everyType has a field of every type, values that are nested, that go by two
// names, and that come as JSON inside a string.
func everyType(strict bool) crm.Stream {
	s := stream(
		crm.Field{Column: "name", Paths: []string{"name"}},
		crm.Field{Column: "code", Paths: []string{"code"}, EmptyNull: true, Rule: crm.Rule{Type: "short"}},
		crm.Field{Column: "mail", Paths: []string{"mail"}, Normalize: "lower"},
		crm.Field{Column: "count", Paths: []string{"count"}, Type: crm.TypeInteger},
		crm.Field{Column: "price", Paths: []string{"price"}, Type: crm.TypeDecimal, Rule: crm.Rule{Type: "short"}},
		crm.Field{Column: "active", Paths: []string{"active"}, Type: crm.TypeBoolean},
		crm.Field{Column: "made", Paths: []string{"made"}, Type: crm.TypeTimestamp},
		crm.Field{Column: "born", Paths: []string{"born"}, Type: crm.TypeDate},
		crm.Field{Column: "tags", Paths: []string{"tags"}, Type: crm.TypeJSON},
		crm.Field{Column: "city", Paths: []string{"address.city", "city"}},
		crm.Field{Column: "custom", Paths: []string{"custom"}, Type: crm.TypeJSON, DecodeText: true},
		crm.Field{Column: "roof", Paths: []string{"custom.roof"}},
	)
	for i := range s.Fields {
		s.Fields[i].Strict = strict
	}
	return s
}

// FuzzRecord holds of whatever a source may send as a record: it becomes a row
// or a reject, never neither (L3); its bytes are kept; no value is lost or
// changed without an issue (L5); every value is one that any database takes;
// and the same bytes are the same row again.
func FuzzRecord(f *testing.F) {
	for _, raw := range []string{
		`{"id":7,"changed":"2026-05-01T08:00:00Z","name":"Zoë","code":"A1","mail":"JOE@X.ORG","count":"12","price":1.50,"active":"yes","made":1621533662,"born":"05/20/2021","tags":[1],"address":{"city":"Provo"},"custom":{"roof":"flat"}}`,
		`{"id":"8","changed":null,"name":"","code":"","mail":null,"count":"July","price":"$33,000","active":"maybe","made":"0000-00-00","born":"2021-02-30","tags":null,"city":"Orem","custom":"{\"roof\":\"steep\"}"}`,
		`{"id":9,"name":"a\u0000b\ud800c","tags":{"\ud800":"\u0000"},"custom":"[]"}`,
		"{\"id\":10,\"name\":\"\xff\xfe\",\"na\xffme\":1,\"code\":\"\\\\u0000\"}",
		`{"id":11,"name":"a","name":"b","\u006eame":"c","address":{"city":1},"address":{"city":null}}`,
		`{"id":12,"changed":"2026-05-01T08:00:00.1234567Z","made":"2999-01-01","count":9223372036854775808,"price":1e-3,"custom":""}`,
		`{"id":13,"changed":"2999-01-01","code":"too long","price":"123456","custom":"{not json}","name":{"a":[]},"count":{}}`,
		`{"id":null}`, `{"id":""}`, `{"id":1.5}`, `{}`, `[{"id":1}]`, `null`, ` {"id" : 14 } `, `{"id":15,"custom":"{\"roof\":\"\\ud83d\\ude00\"}"}`,
		`{"id":16,"custom":"{\"roof\":\"a\\u0000b\"}"}`, `{"id":17,"custom":"{\"roof\":\"\\udead\"}"}`, // not the record, but the text inside its text is dirty
		`{"id":18,"custom":"{\"roof\":\"\\\u0100\\ud800"}`, `{"id":19,"custom":"{\"roof\":fla"}`, // text inside the text that is no JSON
	} {
		f.Add([]byte(raw), false)
		f.Add([]byte(raw), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, strict bool) {
		if !jsontext.Value(raw).IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) {
			return // the envelope lets no such record through
		}
		s := everyType(strict)
		row, issues, reject := mapped(t, s, raw)
		again, sameIssues, sameReject := mapped(t, s, bytes.Clone(raw))
		if diff := cmp.Diff(row, again) + cmp.Diff(issues, sameIssues) + cmp.Diff(reject, sameReject); diff != "" {
			t.Fatalf("%q is another row the second time:\n%s", raw, diff)
		}
		record := membersOf(raw)
		if reject != nil {
			checkReject(t, s, raw, record, reject, strict)
			return
		}
		checkBytes(t, raw, row)
		for i, field := range s.Fields {
			checkValue(t, field, row.Values[i])
			checkNothingSilent(t, field, row.Values[i], record, issues)
		}
		for _, issue := range issues {
			checkIssue(t, s, row, issue)
		}
	})
}

// mapped maps a record twice, since a row may be mapped again.
func mapped(t *testing.T, s crm.Stream, raw []byte) (crm.Row, []crm.Issue, *crm.Reject) {
	t.Helper()
	p, err := processor.New(s, options())
	if err != nil {
		t.Fatal(err)
	}
	p.Latest(crm.DateValue(25_000).Time())
	before := bytes.Clone(raw)
	var row, same crm.Row
	reject := p.Identify(raw, &row)
	if diff := cmp.Diff(reject, p.Identify(raw, &same)) + cmp.Diff(row, same); reject == nil && diff != "" {
		t.Fatalf("%q is identified as something else the second time:\n%s", raw, diff)
	}
	if reject != nil {
		return crm.Row{}, nil, reject
	}
	issues, reject := p.Map(&row, nil)
	values := slices.Clone(row.Values)
	sameIssues, sameReject := p.Map(&row, nil)
	if diff := cmp.Diff(issues, sameIssues) + cmp.Diff(reject, sameReject) + cmp.Diff(values, slices.Clone(row.Values)); reject == nil && diff != "" {
		t.Fatalf("%q is mapped to something else the second time:\n%s", raw, diff)
	}
	if !bytes.Equal(raw, before) {
		t.Fatalf("%q was changed to %q", before, raw)
	}
	return row, issues, reject
}

// membersOf reads a record as another JSON reader does; nil when it is none.
func membersOf(raw []byte) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

func checkReject(t *testing.T, s crm.Stream, raw []byte, record map[string]json.RawMessage, reject *crm.Reject, strict bool) {
	t.Helper()
	if !bytes.Equal(reject.Raw, raw) || reject.Reason == "" || !utf8.ValidString(reject.Reason+reject.Value) || len(reject.Value) > crm.MaxIssueValue+len("…") {
		t.Errorf("%q is rejected as %+v", raw, reject)
	}
	_, keyErr := literal.Integer(scalar(record["id"]))
	switch reject.Code {
	case crm.CodeNotRecord:
		if record != nil {
			t.Errorf("%q is an object and rejected as none", raw)
		}
	case crm.CodeNoKey:
		if keyErr == nil || reject.Field != "id" {
			t.Errorf("%q has a key and is rejected: %s", raw, reject.Reason)
		}
	case crm.CodeBrokenRule:
		named := slices.ContainsFunc(s.Fields, func(f crm.Field) bool { return f.Paths[0] == reject.Field })
		if !strict || !named || reject.ID == "" {
			t.Errorf("%q is rejected as %+v", raw, reject)
		}
	default:
		t.Errorf("%q is rejected with code %s", raw, reject.Code)
	}
}

// checkBytes: the bytes are kept as received, and once more as every database
// takes them where that differs.
func checkBytes(t *testing.T, raw []byte, row crm.Row) {
	t.Helper()
	received := row.Raw
	if row.Dirty != nil {
		received = row.Dirty
	}
	if !bytes.Equal(received, raw) {
		t.Errorf("%q was received, %q is kept", raw, received)
	}
	if !takable(row.Raw) {
		t.Errorf("%q is kept as %q, which no database takes", raw, row.Raw)
	}
	if row.Dirty != nil && takable(row.Dirty) {
		t.Errorf("%q was cleaned for nothing", raw)
	}
}

// takable reports whether PostgreSQL takes the JSON as jsonb.
func takable(value []byte) bool {
	if !jsontext.Value(value).IsValid(jsontext.AllowDuplicateNames(true)) {
		return false
	}
	dec := jsontext.NewDecoder(bytes.NewReader(value), jsontext.AllowDuplicateNames(true))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			return true
		}
		if token.Kind() == '"' && strings.ContainsRune(token.String(), 0) {
			return false
		}
	}
}

// checkValue: a value is of its field's type, and every database takes it.
func checkValue(t *testing.T, field crm.Field, v crm.Value) {
	t.Helper()
	if !v.Valid {
		return
	}
	good := v.Type == field.Type
	switch v.Type {
	case crm.TypeText:
		good = good && utf8.Valid(v.Bytes) && bytes.IndexByte(v.Bytes, 0) < 0
	case crm.TypeJSON:
		good = good && takable(v.Bytes)
	case crm.TypeDecimal:
		plain, err := literal.Decimal(v.Bytes, nil)
		good = good && err == nil && bytes.Equal(plain, v.Bytes)
	case crm.TypeBoolean:
		good = good && (v.Int == 0 || v.Int == 1)
	case crm.TypeTimestamp, crm.TypeDate:
		good = good && v.Time().Year() >= 1 && v.Time().Year() <= 9999
	case crm.TypeInteger:
	}
	if !good {
		t.Errorf("the value of %s is %q of type %s", field.Column, v.String(), v.Type)
	}
}

// checkNothingSilent: a value that another JSON reader finds is stored, or an
// issue says why not; a value that it does not find is NULL.
func checkNothingSilent(t *testing.T, field crm.Field, v crm.Value, record map[string]json.RawMessage, issues []crm.Issue) {
	t.Helper()
	if strings.Contains(strings.Join(field.Paths, " "), ".") {
		return // a path of several names: see TestNestedValues
	}
	raw, present := record[field.Paths[0]]
	text := scalar(raw)
	told := slices.ContainsFunc(issues, func(i crm.Issue) bool { return i.Column == field.Column })
	switch {
	case !present || string(raw) == "null":
		if v.Valid {
			t.Errorf("%s is %q, and not in the record", field.Column, v)
		}
	case len(text) == 0:
		empty := field.Type == crm.TypeText && !field.EmptyNull || field.Type == crm.TypeJSON && !field.DecodeText
		if v.Valid != empty {
			t.Errorf("%s is empty and becomes %+v", field.Column, v)
		}
	case !v.Valid && !told:
		t.Errorf("%s is NULL for %s without an issue", field.Column, raw)
	case field.Type == crm.TypeText && field.Normalize == "" && raw[0] == '"' && v.String() != string(text):
		t.Errorf("%s is %q, sent was %q", field.Column, v, text)
	}
}

// scalar is the text of a JSON value as another reader decodes it, with NUL
// replaced; that of no string is the value itself.
func scalar(raw json.RawMessage) []byte {
	var text string
	if json.Unmarshal(raw, &text) != nil || len(raw) == 0 || raw[0] != '"' {
		return raw
	}
	return []byte(strings.ReplaceAll(text, "\x00", "\uFFFD"))
}

func checkIssue(t *testing.T, s crm.Stream, row crm.Row, issue crm.Issue) {
	t.Helper()
	good := issue.RecordID == row.ID && issue.Rule != "" && issue.Message != "" && utf8.ValidString(issue.Value+issue.Field) && len(issue.Value) <= crm.MaxIssueValue+len("…")
	if issue.Column != "" {
		i := s.FieldIndex(issue.Column)
		good = good && i >= 0 && s.Fields[i].Paths[0] == issue.Field
		if good && issue.Rule != "duplicate" {
			good = row.Values[i].Valid == (issue.Effect != crm.EffectNulled)
		}
	}
	if !good {
		t.Errorf("%+v", issue)
	}
}
