package salesrabbit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// FuzzEnvelope compares with encoding/json: an answer that is no JSON is an
// error, the records of one that is are those that another reader finds, byte
// for byte, and one that was cut anywhere is an error, never a shorter page
// (L3).
func FuzzEnvelope(f *testing.F) {
	for _, body := range []string{
		`{"data":[{"id":1},{"id":2}],"meta":{"morePages":true,"currentPage":1,"resultsPerPage":"2"}}`,
		`[{"id":1}, {"id":2,"x":[{}]} ]`, `{"data":[]}`, `{"data":null,"count":0}`, `{"leads":[{"id":1}],"total":7}`, `{"users":[1,"a",null]}`,
		`{"data":{"17":[{"status":"new"},{}],"18":[],"+5":[{"a":1}],"007":[{}],"x\"y":[{ }, 3]}}`, "{\"data\":{\"\xff\":[{}]}}",
		`{"data":[{"id":1}],"data":[{"id":2}]}`, `{"data":{"1":{}}}`, `{"data":7}`, `{"error":"no"}`, `{"data":[{"id":1}]}x`, `<html></html>`, ``,
		"{\"data\":[{\"name\":\"\xff\\ud800\",\"name\":1}]}", `{"data":[{"id":1},]}`, ` { "meta" : [ ] , "data" : [ ] } `,
	} {
		f.Add([]byte(body), uint16(len(body)/2))
	}
	f.Fuzz(func(t *testing.T, body []byte, at uint16) {
		before := bytes.Clone(body)
		e, err := parseEnvelope(body)
		if !bytes.Equal(body, before) {
			t.Fatalf("%q was changed to %q", before, body)
		}
		want, ok := recordsOf(t, body)
		if ok != (err == nil) {
			t.Fatalf("%q: another reader finds an answer: %v; here %v", body, ok, err)
		}
		if err != nil {
			if crm.CodeOf(err) != crm.CodeBadAnswer || !reflect.DeepEqual(e, envelope{}) {
				t.Fatalf("%q: %v, and an envelope of %d", body, err, len(e.units))
			}
			return
		}
		var got [][]byte
		for _, u := range e.units {
			got = append(got, u.records...)
		}
		compareRecords(t, body, got, want)
		// Only blanks may be missing from a whole answer.
		end := len(bytes.TrimRight(body, " \t\r\n"))
		if cut := int(at) % end; cut < end {
			if _, err := parseEnvelope(body[:cut]); err == nil {
				t.Fatalf("%q was cut to %q, and taken for whole", body, body[:cut])
			}
		}
	})
}

// expected is a record as another reader finds it, and the lead it stands
// under in a history.
type expected struct {
	raw     json.RawMessage
	lead    string
	history bool
}

// recordsOf reads an answer with encoding/json.
func recordsOf(t *testing.T, body []byte) (records []expected, ok bool) {
	t.Helper()
	var list []json.RawMessage
	trimmed := bytes.TrimLeft(body, " \t\r\n")
	if !json.Valid(body) || trimmed[0] != '[' && trimmed[0] != '{' {
		return nil, false
	}
	if trimmed[0] == '[' {
		return add(nil, body), true
	}
	for _, m := range membersInOrder(t, body) {
		if m.name != "data" && m.name != "leads" && m.name != "users" {
			continue
		}
		ok = true
		switch m.value[0] {
		case '[':
			records = add(records, m.value)
		case '{':
			for _, lead := range membersInOrder(t, m.value) {
				if lead.value[0] != '[' || json.Unmarshal(lead.value, &list) != nil {
					return nil, false
				}
				for _, event := range list {
					records = append(records, expected{raw: event, lead: lead.name, history: true})
				}
				list = nil
			}
		case 'n':
		default:
			return nil, false
		}
	}
	return records, ok
}

func add(records []expected, array []byte) []expected {
	var list []json.RawMessage
	if json.Unmarshal(array, &list) == nil {
		for _, raw := range list {
			records = append(records, expected{raw: raw})
		}
	}
	return records
}

type member struct {
	name  string
	value json.RawMessage
}

// membersInOrder lists an object's members, those that come twice included.
func membersInOrder(t *testing.T, object []byte) (members []member) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			t.Fatal(err)
		}
		members = append(members, member{name.(string), value})
	}
	return members
}

func compareRecords(t *testing.T, body []byte, got [][]byte, want []expected) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%q holds %d records, another reader finds %d", body, len(got), len(want))
	}
	for i, w := range want {
		if !w.history || w.raw[0] != '{' {
			if !bytes.Equal(got[i], w.raw) {
				t.Fatalf("record %d of %q is %q, another reader finds %q", i, body, got[i], w.raw)
			}
			continue
		}
		if !json.Valid(got[i]) {
			t.Fatalf("event %d of %q becomes %q, which is no JSON", i, body, got[i])
		}
		members := membersInOrder(t, got[i])
		if lead := strings.Trim(string(members[0].value), `"`); members[0].name != leadIDMember || lead != quoted(w.lead) {
			t.Fatalf("event %d of lead %q is given the lead %s", i, w.lead, lead)
		}
		if rest := membersInOrder(t, w.raw); !reflect.DeepEqual(members[1:], append([]member{}, rest...)) {
			t.Fatalf("event %d of %q becomes %q", i, body, got[i])
		}
	}
}

// quoted is a text as a JSON string holds it, without the quotes.
func quoted(text string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return strings.Trim(strings.TrimSpace(b.String()), `"`)
}

// FuzzToken holds of any checkpoint: it is read as a place that a walk can
// stand at, or begins anew; and what was written is read as it was.
func FuzzToken(f *testing.F) {
	for _, text := range []string{
		"", "{}", "null", "[]", `{"pass":1,"read":2000,"recent":[1,18446744073709551615]}`, `{"pass":-1}`, `{"read":-5}`,
		`{"read":9223372036854775807}`, `{"pass":1,"pass":0}`, `{"read":1e3}`, `{"read":"7"}`, `{"pass":0,"read":5,"recent":[-1]}`, "page=3", `{"pass":0`,
	} {
		f.Add(text)
	}
	f.Add(token{Pass: 1, Read: 300, Recent: make([]mark, 300)}.String())
	f.Fuzz(func(t *testing.T, text string) {
		at := parseToken(text)
		if at.Pass < 0 || at.Read < 0 || at.Read > furthest {
			t.Fatalf("%q is read as pass %d, record %d", text, at.Pass, at.Read)
		}
		written := at.String()
		again := parseToken(written)
		if kept := at.Recent[max(0, len(at.Recent)-tokenRecent):]; again.Pass != at.Pass || again.Read != at.Read || len(again.Recent) != len(kept) {
			t.Fatalf("%q is written as %s, and read as %+v", text, written, again)
		} else if len(kept) > 0 && !reflect.DeepEqual(again.Recent, kept) {
			t.Fatalf("%q is written as %s, and read as %+v", text, written, again)
		}
		if again.String() != written {
			t.Fatalf("%s becomes %s", written, again)
		}
	})
}

// FuzzWindow: wherever a walk stands, the next page begins with a record that
// was read, and ends behind it.
func FuzzWindow(f *testing.F) {
	for _, c := range [][2]int{{0, 2000}, {1, 1}, {1, 2000}, {2000, 2000}, {1999, 2000}, {12, 4}, {720720, 16}, {furthest, 2000}, {-5, 0}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, read, most int) {
		read, most = min(read, furthest), min(max(most, 1), 10_000)
		page, size := window(read, most)
		start, end := (page-1)*size, page*size
		switch {
		case page < 1 || size < 1:
			t.Errorf("after %d of pages up to %d: page %d of size %d", read, most, page, size)
		case read <= 0:
			if start != 0 || size != most {
				t.Errorf("the first page of up to %d is page %d of size %d", most, page, size)
			}
		case start >= read || end <= read:
			t.Errorf("after %d of pages up to %d: page %d of size %d, which spans %d to %d", read, most, page, size, start, end)
		}
	})
}
