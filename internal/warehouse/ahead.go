package warehouse

import (
	"context"
	"slices"
	"sync"
)

// lanes is how many batches are written side by side where the database can do that:
// more would hold more rows in memory, and more of a server that has others to serve.
const lanes = 2

// ahead is the batches of a session that are known of and not yet written. The rows of a
// batch may go into a transaction of their own while the batch before it is still being
// written. Its counts and its checkpoint follow when all before it is durable, so that
// batches become durable in their order (L4). Whatever goes wrong ends such a
// transaction, and its batch is written by itself when it is its turn.
type ahead struct {
	mu     sync.Mutex
	tables []Table  // one a lane; none where the database takes one batch at a time
	flying []*begun // in their order
	queue  []*begun // behind those, and not begun
	held   bool     // nothing is begun before the batch whose turn it is has been written
	rest   int      // batches that are written one at a time first
}

// afterFailure is how many batches are written one at a time after a failure that is no
// record's fault.
const afterFailure = 100

// openLanes gets a table for each lane.
func (s *Session) openLanes() {
	for range lanes {
		lane, ok := s.table.Lane()
		if !ok {
			s.ahead.tables = nil
			return
		}
		s.ahead.tables = append(s.ahead.tables, lane)
	}
}

// Ahead returns how many batches are written beside the one whose turn it is.
func (s *Session) Ahead() int {
	a := &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	return max(0, len(a.tables)-1)
}

// Begin tells of a batch before it is its turn to be written, so that its rows may
// be written ahead. Batches are told of in the order in which Write is given them. No
// batch has to be.
func (s *Session) Begin(ctx context.Context, b *Batch) {
	a := &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.tables) == 0 {
		return
	}
	a.queue = append(a.queue, &begun{batch: b})
	s.launch(ctx)
}

// launch begins what may be begun.
func (s *Session) launch(ctx context.Context) {
	a := &s.ahead
	for ctx.Err() == nil && !a.held && a.rest == 0 && len(a.queue) > 0 && len(a.flying) < len(a.tables) {
		b := a.queue[0]
		if s.staging || len(b.batch.Rows) == 0 || len(b.batch.Gone) > 0 || a.overlaps(b.batch) {
			return // it keeps its place, and those behind it theirs
		}
		var before *begun
		if n := len(a.flying); n > 0 {
			before = a.flying[n-1]
		}
		b.table = a.free()
		b.opened, b.turn, b.ended = make(chan struct{}), make(chan struct{}), make(chan struct{})
		var flight context.Context
		flight, b.stop = context.WithCancel(ctx)
		a.queue, a.flying = a.queue[1:], append(a.flying, b)
		go s.fly(flight, b, before)
	}
}

// overlaps reports whether a row of the batch is also in one that is begun: each would
// wait for the other for ever.
func (a *ahead) overlaps(b *Batch) bool {
	for _, f := range a.flying {
		ids := make(map[string]bool, len(f.batch.Rows))
		for i := range f.batch.Rows {
			ids[f.batch.Rows[i].ID] = true
		}
		for i := range b.Rows {
			if ids[b.Rows[i].ID] {
				return true
			}
		}
	}
	return false
}

// free returns a table that no batch under way uses.
func (a *ahead) free() Table {
	i := slices.IndexFunc(a.tables, func(t Table) bool {
		return !slices.ContainsFunc(a.flying, func(f *begun) bool { return f.table == t })
	})
	return a.tables[i]
}

// flight returns the batch as it was begun; nil when it was not.
func (s *Session) flight(b *Batch) *begun {
	a := &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.flying) > 0 && a.flying[0].batch == b {
		return a.flying[0]
	}
	return nil
}

// alone ends all that was begun, the batch whose turn it is included, and lets that one be
// written with none beside it: what was begun after it begins anew later.
func (s *Session) alone() {
	s.ahead.mu.Lock()
	defer s.ahead.mu.Unlock()
	s.ahead.keep(0)
}

// failed is alone after a failure that is no record's fault: the database has enough to
// do with one batch at a time for a while.
func (s *Session) failed() {
	s.ahead.mu.Lock()
	defer s.ahead.mu.Unlock()
	s.ahead.keep(0)
	s.ahead.rest = afterFailure
}

// keep ends what was begun but the first n batches, and nothing is begun before the one
// whose turn it is has been written. a.mu is held.
func (a *ahead) keep(n int) {
	a.held = true
	for len(a.flying) > n {
		b := a.flying[len(a.flying)-1]
		b.stop()
		<-b.ended
		if a.flying = a.flying[:len(a.flying)-1]; len(a.flying) > 0 {
			a.queue = slices.Insert(a.queue, 0, &begun{batch: b.batch})
		}
	}
}

// settled notes that a batch is written, or never will be.
func (s *Session) settled(ctx context.Context, b *Batch) {
	a := &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	is := func(c *begun) bool { return c.batch == b }
	a.flying, a.queue, a.held = slices.DeleteFunc(a.flying, is), slices.DeleteFunc(a.queue, is), false
	a.rest = max(0, a.rest-1)
	s.launch(ctx)
}

// ground ends all that was begun, and begins no more.
func (s *Session) ground() {
	a := &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keep(0)
	a.tables, a.queue = nil, nil
}
