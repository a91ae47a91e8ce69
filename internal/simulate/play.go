package simulate

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Options are what a life needs of the outside.
type Options struct {
	// Source is the type of the source: one of Sources.
	Source string
	// Open opens the warehouse of this life for a process, or for the judge,
	// with its time from the clock. With tables it has Warren's own tables and
	// the stream's when it is opened first, else it is empty.
	Open func(ctx context.Context, clock crm.Clock, tables bool) (warehouse.Driver, error)
	// Atomic lets transactions take no time. Where a lock is waited for in a
	// server, time would stand still, and the lock never come free.
	Atomic bool
	// Plant puts bugs into Warren.
	Plant Plant
}

// Plant wraps parts of Warren in others that have a bug. What is nil is left
// as it is.
type Plant struct {
	Session   func(s engine.Session, db warehouse.Driver, dry bool) engine.Session
	Connector func(c crm.Connector, way http.RoundTripper, token string) crm.Connector
	Transport func(http.RoundTripper) http.RoundTripper
	Driver    func(warehouse.Driver) warehouse.Driver
}

// Life is what became of one seed.
type Life struct {
	Seed   uint64
	Story  *Story
	Breach *Breach // the first law that was broken; nil when all were kept
}

// Play lives the life of one seed. It must be called in a testing/synctest
// bubble. An error means that the simulation itself could not go on.
func Play(ctx context.Context, seed uint64, o Options) (Life, error) {
	w, err := newWorld(ctx, seed, o)
	if err != nil {
		return Life{Seed: seed}, err
	}
	err = w.live(ctx)
	closing := w.db.Close()
	if c, open := w.company.(io.Closer); open {
		closing = errors.Join(closing, c.Close())
	}
	if err == nil {
		err = closing
	}
	life := Life{Seed: seed, Story: w.story}
	if errors.As(err, &life.Breach) {
		return life, nil
	}
	return life, err
}
