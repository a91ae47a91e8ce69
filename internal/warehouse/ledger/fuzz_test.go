package ledger

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// FuzzState holds of any text in the columns checkpoint and basis: it is read,
// or refused as what a person can mend; and what was read is written so that
// it is read the same again.
func FuzzState(f *testing.F) {
	for _, text := range []string{
		"", "{}", "null", "[]", `{"token":"{\"pass\":1}","mode":"full","since":"0001-01-01T00:00:00Z","start":"2026-05-01T08:00:00.123456789Z"}`,
		`{"basis":{"endpoint":"https://x","mapping":"ab"},"walk":7}`, `{"start":"2026-05-01T08:00:00+02:00"}`, `{"start":"yesterday"}`, `{"walk":1.5}`, `{"start":null`,
		`{"TOKEN":"a","token":"b"}`, "{\"token\":\"\xff\\ud800\"}", `{"start":"9999-12-31T23:59:59-23:59"}`,
	} {
		f.Add(text)
	}
	id := crm.StreamID{Source: "salesrabbit", Stream: "leads"}
	f.Fuzz(func(t *testing.T, text string) {
		checkpoint, err := parse[crm.Checkpoint](id, "checkpoint", text)
		checkParsed(t, text, checkpoint == nil, err)
		if checkpoint != nil {
			if _, err := time.Parse(time.RFC3339, checkpoint.Start.UTC().Format(time.RFC3339)); err != nil {
				return // a year that only the zone kept within four digits
			}
			written, err := encode(checkpoint)
			if err != nil {
				t.Fatalf("%q cannot be written again: %v", text, err)
			}
			again, err := parse[crm.Checkpoint](id, "checkpoint", written)
			if err != nil || !cmp.Equal(again, checkpoint) {
				t.Fatalf("%q is written as %s, and read as another: %s, %v", text, written, cmp.Diff(checkpoint, again), err)
			}
		}
		basis, err := parse[crm.Basis](id, "basis", text)
		checkParsed(t, text, basis == nil, err)
		if basis == nil {
			return
		}
		written, err := encode(basis)
		if err != nil {
			t.Fatalf("%q cannot be written again: %v", text, err)
		}
		if again, err := parse[crm.Basis](id, "basis", written); err != nil || *again != *basis {
			t.Fatalf("%q is written as %s, and read as %+v, %v", text, written, again, err)
		}
	})
}

func checkParsed(t *testing.T, text string, absent bool, err error) {
	t.Helper()
	var e *crm.Error
	if err != nil && (!errors.As(err, &e) || e.Fix == "" || !absent || text == "{}") {
		t.Fatalf("%q: %v", text, err)
	}
	if err == nil && absent != (text == "") {
		t.Fatalf("%q: read as nothing: %v", text, absent)
	}
}

// FuzzCheckpoint holds of any checkpoint that a run may save: it comes back
// as it went in, to the nanosecond and in UTC.
func FuzzCheckpoint(f *testing.F) {
	f.Add(`{"pass":1,"read":2000,"recent":[1,2]}`, "incremental", int64(1_777_622_400_123_456_789), int64(0), "https://api.example.com/?a=\"<>&", int64(7))
	f.Add("\u2028\\\x00é", "", int64(-1), int64(1), "", int64(-1))
	f.Fuzz(func(t *testing.T, token, mode string, start, seen int64, endpoint string, walk int64) {
		if !utf8.ValidString(token) || !utf8.ValidString(mode) || !utf8.ValidString(endpoint) {
			return // a source's token is text
		}
		want := crm.Checkpoint{
			Token: token, Mode: crm.Mode(mode), Start: time.Unix(0, start).UTC(), Seen: time.Unix(0, seen).UTC(),
			Basis: crm.Basis{Endpoint: endpoint, Mapping: token}, Walk: walk,
		}
		text, err := encode(&want)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("%+v is written as %q, which no database takes", want, text)
		}
		got, err := parse[crm.Checkpoint](crm.StreamID{}, "checkpoint", text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Fatalf("%s comes back as another:\n%s", text, diff)
		}
	})
}

// FuzzRecordID: an id is stored in a form that any index and any terminal
// takes, and looking it up by that form finds it.
func FuzzRecordID(f *testing.F) {
	for _, id := range []string{"", "7", "a/b", "é\x00\xff", strings.Repeat("é", maxRecordID), strings.Repeat("\n", 100), strings.Repeat("x", maxRecordID+1)} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		stored := recordID(id)
		if len(stored) > maxRecordID || !utf8.ValidString(stored) || strings.ContainsAny(stored, "\x00\x1b\n\x7f") {
			t.Errorf("%q is stored as %q", id, stored)
		}
		if again := recordID(stored); again != stored {
			t.Errorf("%q is stored as %q, and looked up as %q", id, stored, again)
		}
		if other := recordID(id + "x"); other == stored {
			t.Errorf("%q and the same with an x behind are both stored as %q", id, stored)
		}
	})
}

// FuzzOwner: who holds a lease is read as it was written, and can be named.
func FuzzOwner(f *testing.F) {
	f.Add("web1#3f2a", "4711@99")
	f.Add("", "")
	f.Add("#", "@")
	f.Fuzz(func(t *testing.T, host, process string) {
		if strings.Contains(host+process, "/") {
			host, process, _ = strings.Cut(host+process, "/")
			process = strings.ReplaceAll(process, "/", "")
		}
		o := Owner{Host: host, Process: process}
		if got := ParseOwner(o.String()); got != o {
			t.Errorf("%+v is read as %+v", o, got)
		}
		if words := o.Describe(); strings.HasPrefix(words, "process  on") || strings.HasSuffix(words, " on ") {
			t.Errorf("%+v is described as %q", o, words)
		}
	})
}

// FuzzLimited: the options of a run of the old system mean the same as JSON
// and as JSON inside a JSON string, and a run that names its own limits does
// not count as whole.
func FuzzLimited(f *testing.F) {
	for _, options := range []string{"", "{}", "null", `{"dry_run":true}`, `{"max_records":0}`, `{"max_records":"10"}`, `{"since":"None"}`, `{"until":[]}`, `"{\"dry_run\":1}"`, `{"dry_run":false`} {
		f.Add(options)
	}
	f.Fuzz(func(t *testing.T, options string) {
		if !utf8.ValidString(options) {
			return // the database holds text
		}
		quoted, err := json.Marshal(options)
		if err != nil {
			t.Fatal(err)
		}
		var inner string
		if isString := json.Unmarshal([]byte(options), &inner) == nil; !isString && limited(string(quoted)) != limited(options) {
			t.Errorf("%s is limited: %v; inside a string: %v", options, limited(options), limited(string(quoted)))
		}
		var values map[string]any
		if json.Unmarshal([]byte(options), &values) != nil || values == nil {
			return
		}
		values["max_records"] = 1
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		if !limited(string(text)) {
			t.Errorf("%s is not limited", text)
		}
	})
}
