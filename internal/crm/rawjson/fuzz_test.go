package rawjson_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// FuzzMember compares with encoding/json: an object comes apart into the same
// members in the same order, each with the bytes that stand there, and Member
// finds the first of a name.
func FuzzMember(f *testing.F) {
	for _, raw := range []string{
		`{"id":7,"name":"x"}`, `{"a":{"a":1},"a":[{"a":2}]}`, `{"a\\":"\\","b\"":"\"}{"}`, ` { "é" : "\u00e9" } `, `{"":null}`, `{}`, `[{"id":1}]`, `"{"`,
		`{"id":-1.5e+3 ,"x":true}`, "{\"\xff\":\"\xff\"}", `{"id":[[[[]]]],"id":2}`, `{"a":1} x`,
	} {
		f.Add([]byte(raw), "id")
	}
	f.Add([]byte(`{"\u0069d":1,"id":2}`), "id") // a name with escapes is not found
	f.Fuzz(func(t *testing.T, raw []byte, name string) {
		if !json.Valid(raw) {
			return
		}
		type member struct{ name, value string }
		var got, want []member
		first := ""
		object := rawjson.Members(raw, func(name, value []byte) bool {
			got = append(got, member{string(name), string(value)})
			return true
		})
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber() // which may be any
		if token, err := dec.Token(); err != nil || object != (token == json.Delim('{')) {
			t.Fatalf("%q begins with %v, %v; taken for an object: %v", raw, token, err, object)
		}
		if !object {
			return
		}
		for dec.More() {
			start := dec.InputOffset()
			if _, err := dec.Token(); err != nil {
				t.Fatal(err)
			}
			quoted := bytes.TrimLeft(raw[start:dec.InputOffset()], ", \t\r\n")
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			m := member{string(quoted[1 : len(quoted)-1]), string(value)}
			if want = append(want, m); first == "" && m.name == name {
				first = m.value
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%q has the members %q, another reader finds %q", raw, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("member %d of %q is %q, another reader finds %q", i, raw, got[i], want[i])
			}
		}
		if value := rawjson.Member(raw, name); string(value) != first {
			t.Fatalf("%q in %q is %q, want %q", name, raw, value, first)
		}
	})
}

// FuzzUnquote compares with jsontext and encoding/json: what is a JSON string
// is unquoted as they do it, and its text, quoted again, is the same text.
func FuzzUnquote(f *testing.F) {
	for _, raw := range []string{
		`""`, `"plain"`, `"a\"b\\c\/d\n\t"`, `"\u00e9\ud83d\ude00"`, `"\u0000"`, `"é😀"`, `"`, `"\"`, `"a" `, `7`, `null`, `"\x"`, "\"\n\"",
	} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		text, ok := rawjson.Unquote(nil, raw)
		if !bytes.Equal(raw, before) {
			t.Fatalf("%q was changed to %q", before, raw)
		}
		if !jsontext.Value(raw).IsValid() || len(bytes.Trim(raw, " \t\r\n")) != len(raw) {
			return // what is no JSON, or half of a pair, has been dealt with before
		}
		var want string
		if isString := raw[0] == '"'; ok != isString {
			t.Fatalf("%q is a string: %v, taken for one: %v", raw, isString, ok)
		} else if !isString {
			return
		}
		if err := json.Unmarshal(raw, &want); err != nil || string(text) != want {
			t.Fatalf("%q is unquoted to %q, want %q, %v", raw, text, want, err)
		}
		quoted, err := jsontext.AppendQuote(nil, text)
		if err != nil {
			t.Fatalf("%q, from %q, cannot be quoted: %v", text, raw, err)
		}
		if again, ok := rawjson.Unquote([]byte("kept"), quoted); !ok || !bytes.Equal(again, text) {
			t.Fatalf("%q is quoted to %q, and that unquoted to %q", text, quoted, again)
		}
	})
}
