package rawjson_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

func TestMembersYieldsNamesAndValuesAsTheyStand(t *testing.T) {
	const raw = ` { "a" : 1 , "b":"x\"}{,","c":{"d":[1,{"e":"]"}]},"f":[],"g":null,"h\"i":-1.5e3,"j":"\\" } `
	want := []string{`a=1`, `b="x\"}{,"`, `c={"d":[1,{"e":"]"}]}`, `f=[]`, `g=null`, `h\"i=-1.5e3`, `j="\\"`}
	var got []string
	if !rawjson.Members([]byte(raw), func(name, value []byte) bool {
		got = append(got, string(name)+"="+string(value))
		return true
	}) {
		t.Fatal("an object was not taken for one")
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("members\n got %q\nwant %q", got, want)
	}
}

func TestMembersStopsWhenToldTo(t *testing.T) {
	seen := 0
	rawjson.Members([]byte(`{"a":1,"b":2}`), func(_, _ []byte) bool { seen++; return false })
	if seen != 1 {
		t.Errorf("visited %d members after being told to stop", seen)
	}
}

func TestMembersOfWhatIsNoObject(t *testing.T) {
	for _, raw := range []string{"", "null", "[1]", `"{}"`, "7"} {
		if rawjson.Members([]byte(raw), func(_, _ []byte) bool { return true }) {
			t.Errorf("%s was taken for an object", raw)
		}
	}
}

func TestMember(t *testing.T) {
	raw := []byte(`{"id":7,"name":"x"}`)
	if got := string(rawjson.Member(raw, "name")); got != `"x"` {
		t.Errorf("name is %s", got)
	}
	if rawjson.Member(raw, "none") != nil {
		t.Error("an absent member has a value")
	}
}

func TestUnquote(t *testing.T) {
	for raw, want := range map[string]string{
		`""`: "", `"plain"`: "plain", `"a\"b\\c\/d\n"`: "a\"b\\c/d\n", `"\u00e9\ud83d\ude00"`: "é😀",
	} {
		got, ok := rawjson.Unquote([]byte("kept"), []byte(raw))
		if !ok || string(got) != want {
			t.Errorf("%s: %q, %v", raw, got, ok)
		}
	}
	for _, raw := range []string{"", "7", "null", `"`} {
		if _, ok := rawjson.Unquote(nil, []byte(raw)); ok {
			t.Errorf("%s was taken for a string", raw)
		}
	}
}

// Whatever the bytes are, nothing panics, nothing lies beyond them, and what
// is JSON comes apart as jsontext sees it.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"a":{"b":[1,2,{"c":"}"}]},"d":"\\\""}`, `{"a`, `{"a":`, `{"a":"`, `{"a":[`, `{}`, `{"a":1,}`, `{"\`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		count, broken := 0, false
		rawjson.Members(raw, func(_, value []byte) bool {
			count++
			broken = broken || !jsontext.Value(value).IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
			rawjson.Unquote(nil, value)
			return true
		})
		whole := jsontext.Value(raw)
		if !whole.IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) || whole.Kind() != '{' {
			return
		}
		if broken {
			t.Error("a value of well-formed JSON came apart as something else")
		}
		dec := jsontext.NewDecoder(strings.NewReader(string(raw)), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
		want := 0
		if _, err := dec.ReadToken(); err != nil {
			t.Fatal(err)
		}
		for dec.PeekKind() != '}' {
			for range 2 {
				if err := dec.SkipValue(); err != nil {
					t.Fatal(err)
				}
			}
			want++
		}
		if count != want {
			t.Errorf("%d members, jsontext has %d", count, want)
		}
	})
}
