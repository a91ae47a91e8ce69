package engine

import (
	"context"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// place is how far a walk has come.
type place struct {
	token    string   // behind the last page that went in whole
	requests int64    // answers that the pages so far were made of
	bill     crm.Bill // what the source charges for them
	paid     bool     // what is still to be read is paid for
	unproved string   // why a record that was not shown may still be at the source; "" when it is gone
}

// group is records that are looked up in one question.
type group struct {
	rows  []crm.Row
	index map[string]int // positions in rows by record id
	gone  []crm.Row      // records of which the source says that they are no more
	bytes int            // of all of them

	rejects    []crm.Reject
	duplicates int64
	seen       []byte    // the records, as package seen writes them
	latest     time.Time // the greatest modification time of which the source has said that it has shown all up to it

	place      // where the walk was when the group was full
	read  bool // whether the walk had shown anything by then

	versions []crm.Version // what the warehouse has of the rows
	known    chan struct{} // closed once the answer is there
	err      error         // of the question
}

// look begins to ask what the warehouse has of the rows. Nothing else asks the session
// before the answer is there.
func (g *group) look(ctx context.Context, s Session) {
	g.versions = slices.Grow(g.versions[:0], len(g.rows))[:len(g.rows)]
	g.known = make(chan struct{})
	if len(g.rows) == 0 {
		close(g.known)
		return
	}
	go func() {
		defer close(g.known)
		g.err = s.Known(ctx, g.rows, g.versions)
	}()
}

// empty returns a group without records. It keeps what no batch holds on to.
func (g *group) empty() *group {
	clear(g.index)
	clear(g.rows)
	return &group{rows: g.rows[:0], index: g.index, versions: g.versions}
}
