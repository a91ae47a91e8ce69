package warehouse

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// begun is a batch that is written ahead, or may be.
type begun struct {
	batch *Batch
	table Table

	stop   context.CancelFunc
	opened chan struct{} // closed when the transaction is open, or never will be
	tx     ledger.Conn   // once it is open
	turn   chan struct{} // closed when the batches before are durable
	ended  chan struct{} // closed when the transaction has ended

	whole   bool // whether all was in, so that only the commit was left
	written Written
	err     error
}

// errStopped ends a transaction whose turn has not come.
var errStopped = errors.New("the batch is written by itself")

// fly is the transaction of a batch that is written ahead. It is opened after that of the
// batch before, which so never waits for a connection that this one holds.
func (s *Session) fly(ctx context.Context, b, before *begun) {
	defer b.stop()
	defer close(b.ended)
	open := sync.OnceFunc(func() { close(b.opened) })
	defer open()
	if before != nil {
		select {
		case <-before.opened:
		case <-ctx.Done():
		}
	}
	if b.err = ctx.Err(); b.err != nil {
		return
	}
	b.err = s.driver.InTx(ctx, func(tx ledger.Conn) error {
		b.tx = tx
		open()
		w, written, err := s.rows(ctx, tx, b.table, b.batch)
		if err != nil {
			return err
		}
		select {
		case <-b.turn:
		case <-ctx.Done():
			return errStopped
		}
		b.written, err = s.rest(ctx, tx, w, written, b.batch)
		b.whole = err == nil
		return err
	})
}

// finish lets a batch have its turn. It reports whether it came as far as the commit: if
// not, nothing of it was written.
func (s *Session) finish(ctx context.Context, b *begun) (w Written, whole bool, err error) {
	close(b.turn)
	watch, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.makeWay(watch, b)
	}()
	<-b.ended
	stop()
	<-watched
	return b.written, b.whole, b.err
}

// patience is how long the batch whose turn it is may take before the database is asked
// whether it waits for somebody.
const patience = 200 * time.Millisecond

// makeWay ends what was begun behind the batch whose turn it is, where that one waits for
// a lock. Whoever holds the lock may wait for a row of a batch that was begun, which
// waits for its turn: a circle that no database sees, since the turn is none of its
// locks.
func (s *Session) makeWay(ctx context.Context, b *begun) {
	select {
	case <-b.opened:
	case <-ctx.Done():
		return
	}
	for s.tools.Clock.Wait(ctx, patience) == nil && b.tx != nil {
		if waits, err := s.driver.Waits(ctx, b.tx); err == nil && waits {
			s.ahead.mu.Lock()
			s.ahead.keep(1)
			s.ahead.mu.Unlock()
			return
		}
	}
}
