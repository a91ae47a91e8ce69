package ledger

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	cases := map[string]struct {
		in    string
		limit int
		want  string
	}{
		"plain":                    {"Zoë 👍", 100, "Zoë 👍"},
		"empty":                    {"", 100, ""},
		"NUL":                      {"a\x00b", 100, `a\u0000b`},
		"lines and tabs":           {"a\n\tb\r", 100, `a\u000a\u0009b\u000d`},
		"escape and delete":        {"\x1b[31m\x7f", 100, `\u001b[31m\u007f`},
		"C1":                       {"\u0085", 100, `\u0085`},
		"no UTF-8":                 {"a\xff\xc3", 100, `a\xff\xc3`},
		"a surrogate in UTF-8":     {"\xed\xa0\x80", 100, `\xed\xa0\x80`},
		"U+FFFD itself":            {"\uFFFD", 100, "\uFFFD"},
		"cut":                      {"abcdef", 3, "abc"},
		"cut between characters":   {"aéé", 4, "aé"},
		"cut before an escape":     {"abc\x00", 8, "abc"},
		"an escape that just fits": {"abc\x00", 9, `abc\u0000`},
		"nothing fits":             {"é", 1, ""},
	}
	for name, c := range cases {
		if got := visible(c.in, c.limit); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\x00\xff\u0085é", 7)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		limit = min(max(limit, 0), 4096)
		got := visible(in, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\x1b\n\x7f") {
			t.Errorf("%q cut to %d became %q", in, limit, got)
		}
		if again := visible(got, limit); again != got {
			t.Errorf("%q became %q, then %q", in, got, again)
		}
	})
}

func TestRecordID(t *testing.T) {
	long := strings.Repeat("é", maxRecordID)
	if a, b := recordID(long+"a"), recordID(long+"b"); a == b || len(a) > maxRecordID || !utf8.ValidString(a) {
		t.Errorf("long ids become %q and %q", a, b)
	}
	if fits := strings.Repeat("x", maxRecordID); recordID(fits) != fits {
		t.Error("an id that fits was changed")
	}
}

func TestNeutral(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]any{
		"integer": "0", "bigint": "0", "numeric(10,2)": "0", "double precision": "0", "real": "0", "interval": "0",
		"text": "", "character varying(20)": "", "boolean": false, "jsonb": "{}", "json": "{}", "text[]": "{}", "integer[]": "{}",
		"timestamp with time zone": now, "timestamp without time zone": now, "date": now, "time without time zone": "00:00",
		"uuid": "00000000-0000-0000-0000-000000000000", "inet": "0.0.0.0",
	}
	for kind, want := range cases {
		if got := neutral(kind, now); got != want {
			t.Errorf("%s: got %v, want %v", kind, got, want)
		}
	}
}
