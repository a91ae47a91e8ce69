package salespro

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

func TestATokenComesBackAsItWas(t *testing.T) {
	first := newToken()
	for name, want := range map[string]token{
		"new":              first,
		"a later attempt":  first.next().next(),
		"paid":             {Query: first.Query, Paid: true, Scanned: 7},
		"within a file":    {Query: first.Query, At: athena.Position{Query: "q", Object: "s3://b/q.csv", ETag: `"x"`, Offset: 12, Size: 99}},
		"within a page":    {Query: first.Query, Attempt: 2, At: athena.Position{Query: "q", Token: "t", Rows: 7}},
		"within an unload": {Query: first.Query, At: athena.Position{Query: "q", File: 3}},
	} {
		if got, found := parseToken(want.String()); !found || got != want {
			t.Errorf("%s: %+v, %v", name, got, found)
		}
	}
}

// A token that nobody knows begins anew; it never reaches Athena, which would refuse
// it for ever.
func TestATokenThatIsNoneBeginsAnew(t *testing.T) {
	long := strings.Repeat("x", 40)
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "12;34", "another JSON": `"x"`, "no query": `{"attempt":1}`, "a number of pages": "7",
		"below zero": `{"query":"` + long + `","attempt":-1}`, "too short for Athena": `{"query":"x","attempt":0}`,
		"too long for Athena": `{"query":"` + long + long + long + `","attempt":0}`, "a place that is none": `{"query":"` + long + `","at":"x"}`,
	} {
		got, found := parseToken(text)
		if found || len(got.Query) != 52 || got.Attempt != 0 || !got.At.IsZero() {
			t.Errorf("%s: %+v, %v", name, got, found)
		}
	}
}

// Athena takes names of 32 to 128 characters, and answers each with one query.
func TestEveryAttemptHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, at := range []token{newToken(), newToken()} {
		for range 12 {
			name := at.request()
			if len(name) < 32 || len(name) > 128 || seen[name] {
				t.Errorf("%q", name)
			}
			seen[name] = true
			at.At = athena.Position{Query: "q", Rows: 1}
			if at = at.next(); !at.At.IsZero() {
				t.Error("another attempt begins in the middle")
			}
		}
	}
}

// A run knows the walk that it began from one that it goes on with, once.
func TestARunKnowsItsOwnWalk(t *testing.T) {
	c := &connector{}
	text := c.Start(payments(), crm.Request{})
	if at, inherited, earlier := c.resume(text); inherited || earlier || at.String() != text {
		t.Errorf("%+v, %v, %v", at, inherited, earlier)
	}
	if _, inherited, earlier := c.resume(text); !inherited || !earlier {
		t.Error("a later run takes it for its own")
	}
	if _, inherited, earlier := c.resume(""); inherited || earlier {
		t.Error("nothing is taken for an earlier walk")
	}
	begun, _ := parseToken(text)
	at, inherited, earlier := c.resume(begun.due().String())
	if !inherited || earlier || at.Due || at.request() != begun.next().request() {
		t.Errorf("a query that is still to be made: %+v, %v, %v", at, inherited, earlier)
	}
}
