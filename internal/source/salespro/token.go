package salespro

import (
	"crypto/rand"
	"encoding/json"
	"strconv"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// token is where a walk stands: the query that it reads, by the words under which
// it was started, and the place in its result.
type token struct {
	Query   string          `json:"query"`             // what all attempts at the query share
	Attempt int             `json:"attempt"`           // the one that is read
	At      athena.Position `json:"at"`                // zero while nothing was read
	Last    string          `json:"last,omitempty"`    // the key of the row ahead of it, where keys come more than once
	Due     bool            `json:"due,omitempty"`     // the query was not begun up to here
	Paid    bool            `json:"paid,omitempty"`    // it has ended, and is on the bill of a page up to here
	Scanned int64           `json:"scanned,omitempty"` // bytes of it that are on such a bill
}

// Start gives the query of a new walk its name. Athena answers the same name with
// the same query, so that a run that goes on with the walk finds the query again.
func (c *connector) Start(crm.Stream, crm.Request) string {
	t := newToken()
	c.named.Store(t.Query, true)
	return t.String()
}

// resume reads where a walk goes on. inherited is whether another run began it, earlier
// whether that run began the query as well: what has become of it is then no answer to
// this one.
func (c *connector) resume(text string) (t token, inherited, earlier bool) {
	t, found := parseToken(text)
	_, own := c.named.LoadAndDelete(t.Query)
	inherited = found && !own
	earlier, t.Due = inherited && !t.Due, false
	t.Paid = t.Paid || !t.At.IsZero() // the page that was read ahead had the bill
	return t, inherited, earlier
}

func newToken() token { return token{Query: rand.Text() + rand.Text()} } // 52 characters, of the 32 to 128 that Athena takes

func (t token) String() string {
	text, _ := json.Marshal(t) // texts and numbers always have a JSON form
	return string(text)
}

// parseToken reads what an earlier run left; found is false where it left nothing
// that can be gone on with.
func parseToken(text string) (t token, found bool) {
	if json.Unmarshal([]byte(text), &t) != nil || len(t.Query) < minName || len(t.Query) > maxName || t.Attempt < 0 {
		return newToken(), false
	}
	return t, true
}

// The bounds on the name of a query: with the number of an attempt behind it, it has
// to be one that Athena takes.
const (
	minName = 32
	maxName = 100
)

// request is the name of the query for Athena: each attempt has its own, which
// follows from the first.
func (t token) request() string { return t.Query + "-" + strconv.Itoa(t.Attempt) }

// next is the token of another attempt, from the beginning.
func (t token) next() token { return token{Query: t.Query, Attempt: t.Attempt + 1} }

// due is the token of another attempt that nobody has begun.
func (t token) due() token { return token{Query: t.Query, Attempt: t.Attempt + 1, Due: true} }
