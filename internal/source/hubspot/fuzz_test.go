package hubspot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// FuzzAnswer compares with encoding/json: an answer that is no JSON is an error, the
// records of one that is are those that another reader finds, and one that was cut
// anywhere is an error, never a shorter page (L3).
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"results":[{"id":"1"},{"id":2}],"paging":{"next":{"after":"2","link":"x"}}}`, `{"total":3,"results":[],"paging":{}}`,
		`{"status":"COMPLETE","results":[],"numErrors":1,"errors":[{"category":"OBJECT_NOT_FOUND","context":{"ids":["1"]}}]}`,
		`{"results":{}}`, `{"results":[1],"results":[2]}`, `{"results":[],"results":1}`, `{"errors":1,"results":[]}`, `{}`, `[]`, ``, `{"results":[]}x`,
		`{"total":-1,"results":[]}`, `{"total":"3","results":[]}`, `{"paging":{"next":{"after":5}},"results":[]}`, "{\"results\":[\"\xff\\ud800\"]}",
		`{"results":[{"id":"1","properties":{"hs_merged_object_ids":"5;6; 7;x;"}}]}`,
	} {
		f.Add([]byte(body), uint16(len(body)/2))
	}
	f.Fuzz(func(t *testing.T, body []byte, at uint16) {
		before := bytes.Clone(body)
		a, err := parseAnswer(body)
		if !bytes.Equal(body, before) {
			t.Fatalf("%q was changed to %q", before, body)
		}
		var want struct{ Results json.RawMessage }
		members := map[string]json.RawMessage{}
		readable := json.Valid(body) && json.Unmarshal(body, &members) == nil && bytes.TrimLeft(body, " \t\r\n")[0] == '{'
		want.Results = members["results"]
		ok := readable && len(want.Results) > 0 && want.Results[0] == '['
		if ok != (err == nil) {
			t.Fatalf("%q: another reader finds results: %t; here %v", body, ok, err)
		}
		if err != nil {
			if crm.CodeOf(err) != crm.CodeBadAnswer || !crm.Retryable(err) || len(a.results) > 0 {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		var results []json.RawMessage
		if json.Unmarshal(want.Results, &results) != nil || len(results) != len(a.results) {
			t.Fatalf("%q: %d results, want %d", body, len(a.results), len(results))
		}
		for i := range results {
			if !bytes.Equal(results[i], a.results[i]) {
				t.Fatalf("%q: result %d is %q", body, i, a.results[i])
			}
		}
		_ = gone(records(a.results))
		end := len(bytes.TrimRight(body, " \t\r\n"))
		if cut := int(at) % end; cut < end {
			if _, err := parseAnswer(body[:cut]); err == nil {
				t.Fatalf("%q was cut to %q, and taken for whole", body, body[:cut])
			}
		}
	})
}

func records(values []jsontext.Value) (list [][]byte) {
	for _, v := range values {
		list = append(list, v)
	}
	return list
}

// FuzzLinks holds what is made of associations against encoding/json: each pair is
// one record with two ids and the types, and an id is a number or a text.
func FuzzLinks(f *testing.F) {
	for _, body := range []string{
		`{"from":{"id":"1"},"to":[{"toObjectId":9999999951,"associationTypes":[{"category":"HUBSPOT_DEFINED","typeId":3,"label":null}]}]}`,
		`{"from":{"id":"1"},"to":[{"toObjectId":"2","associationTypes":[]}],"paging":{"next":{"after":"2"}}}`,
		`{"from":{"id":"x"},"to":[]}`, `{"from":{"id":"1"},"to":[{"toObjectId":1.5,"associationTypes":[]}]}`, `{"to":[]}`, `7`,
		`{"from":{"id":"1"},"to":[{"toObjectId":2,"associationTypes":[{"b":1},{"a":"x]"}]},{"toObjectId":3,"associationTypes":[]}]}`,
	} {
		f.Add([]byte(body))
	}
	l := link{from: object{singular: "deal"}, to: object{singular: "contact"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		if !jsontext.Value(body).IsValid() {
			return
		}
		list, next, err := l.records([]jsontext.Value{bytes.Clone(body)})
		if err != nil {
			if crm.CodeOf(err) != crm.CodeBadAnswer {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		for _, raw := range list {
			var row struct {
				Deal    string            `json:"deal_id"`
				Contact string            `json:"contact_id"`
				Types   []json.RawMessage `json:"types"`
			}
			if err := json.Unmarshal(raw, &row); err != nil {
				t.Fatalf("%q gives %q: %v", body, raw, err)
			}
			for _, id := range []string{row.Deal, row.Contact} {
				if _, err := strconv.ParseUint(id, 10, 64); err != nil {
					t.Fatalf("%q gives the id %q", body, id)
				}
			}
			if !slices.IsSortedFunc(row.Types, func(a, b json.RawMessage) int { return bytes.Compare(a, b) }) {
				t.Fatalf("%q: the types are in no order: %q", body, raw)
			}
		}
		for _, n := range next {
			if n.After == "" || n.ID == "" {
				t.Fatalf("%q: %+v", body, n)
			}
		}
	})
}

// FuzzColumn: whatever the name of a property, its column is one that every
// warehouse takes, and no other property's.
func FuzzColumn(f *testing.F) {
	for _, name := range []string{"", "a", "A", "data", "9", "_", "ß", "warren_x", "sqlite_", "p_sqlite_", strings.Repeat("x", 64), "a.b", "\xff"} {
		f.Add(name, "a")
	}
	good := regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	f.Fuzz(func(t *testing.T, one, other string) {
		names := newColumns(crm.Stream{})
		first, second := names.of(one), names.of(other)
		for _, column := range []string{first, second} {
			if !good.MatchString(column) || strings.HasPrefix(column, "warren_") || strings.HasPrefix(column, "sqlite_") || column == "data" {
				t.Fatalf("%q", column)
			}
		}
		if one != other && first == second {
			t.Fatalf("%q and %q share %q", one, other, first)
		}
		if path := pathOf(one); path != "" {
			if name, is := propertyAt(path); !is || name != one {
				t.Fatalf("%q comes back as %q", one, name)
			}
		}
	})
}

// FuzzToken: no checkpoint, whoever wrote it, leads a walk astray: it is one that a
// walk can have written, or the walk begins anew.
func FuzzToken(f *testing.F) {
	for _, t := range []token{
		{Phase: phaseActive, After: "5"}, {Phase: phaseArchived}, {Phase: phaseDone, Start: 5}, {Phase: phaseChanges, From: 1, To: 2, End: 3, Last: 4},
		{Phase: phaseChanges, From: 1}, {Phase: phaseChanges, From: 1, To: 2}, {Phase: phaseChanges, From: 3, To: 2},
	} {
		f.Add(t.String(), true)
		f.Add(t.String(), false)
	}
	f.Fuzz(func(t *testing.T, text string, changes bool) {
		at, ok := parseToken(text, changes)
		if !ok {
			return
		}
		win := window{at.From, at.To}
		if at.Phase == phaseChanges && (!changes || at.From <= 0 || at.To != 0 && (at.To <= at.From || at.End != 0 && at.End < at.To) || at.To == 0 && at.End != 0) {
			t.Fatalf("%q: %+v", text, at)
		}
		if (at.Phase == phaseActive || at.Phase == phaseArchived) && changes {
			t.Fatalf("%q: a list in a walk of changes", text)
		}
		if again, ok := parseToken(at.String(), changes); !ok || again != at {
			t.Fatalf("%q comes back as %+v", text, again)
		}
		if at.Phase == phaseChanges && win.divisible() {
			early, late := win.part(win.middle(win.from + 10))
			if early.from != win.from || early.to != late.from || late.to != win.to || early.to <= early.from || late.to != 0 && late.to <= late.from {
				t.Fatalf("%+v is parted into %+v and %+v", win, early, late)
			}
		}
	})
}

// FuzzRefusal: whatever a refusal says, it is no more than some lines, and nothing of
// it is lost on the way to a verdict.
func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"message":"x","policyName":"DAILY"}`))
	f.Add([]byte(`{"message":"a\nb","errors":[{"context":{"requiredGranularScopes":["a","b"]}}],"correlationId":"1"}`))
	f.Add([]byte(`{"message":"","context":{"requiredScopes":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &connector{clock: crm.SystemClock{}}
		v := c.weigh(refused(429, body))
		var said struct{ Message *string }
		if v.Cause == nil {
			return
		}
		if json.Unmarshal(body, &said) == nil && said.Message != nil && *said.Message == "" {
			t.Fatalf("%q: %v", body, v.Cause)
		}
		if r, ok := v.Cause.(*refusal); !ok || strings.Contains(r.Message, "\n") || len([]rune(r.Message)) > words.MostQuoted+1 { //nolint:errorlint // it is made here
			t.Fatalf("%q: %v", body, v.Cause)
		}
		_ = fmt.Sprint(v.Cause)
	})
}
