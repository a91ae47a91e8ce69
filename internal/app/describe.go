package app

import (
	"context"
	"strings"
	"sync"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/schema"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// describedRun is run with the fields that the account adds to the stream, as far as
// the source can tell of them and the stream's contract lets it. Where it cannot be
// asked, or has changed in a way that the contract does not allow, that is a failed
// run, and in the history like any other.
func (a *App) describedRun(ctx context.Context, db warehouse.Driver, t Target, source, connector crm.Connector, o Options) (crm.Run, error) {
	declared := t
	learned := &learning{tell: a.Observe}
	var err error
	if o.Verify {
		err = a.tellUnfilled(ctx, db, t.ID())
	}
	if err == nil {
		err = a.describe(ctx, db, &t, source, learned)
	}
	if err != nil {
		t, connector = declared, crm.Unasked{Why: err}
	}
	run, err := a.run(ctx, db, t, connector, o, learned.hear)
	if err == nil {
		learned.schema = append(learned.schema, learned.proved...)
	}
	if o.DryRun || run.ID == 0 || len(learned.schema) == 0 {
		return run, err
	}
	// Whatever became of the run: the columns are there by now.
	if saving := a.learn(context.WithoutCancel(ctx), db, t.ID(), run.ID, learned.schema); err == nil {
		err = saving
	}
	return run, err
}

// learn remembers what a run learned. A connection that is lost then is waited out, as
// within the run.
func (a *App) learn(ctx context.Context, db warehouse.Driver, id crm.StreamID, run int64, learned crm.Schema) error {
	return warehouse.Persist(ctx, db, warehouse.Tools{Clock: a.Clock, Observe: a.Observe}, func() error {
		return ledger.Learn(ctx, db, id, run, learned, a.Clock.Now())
	})
}

// describe settles the fields of a stream.
func (a *App) describe(ctx context.Context, db warehouse.Driver, t *Target, source crm.Connector, learned *learning) error {
	if d, ok := source.(crm.Describer); ok {
		var err error
		if t.Stream, err = d.Describe(ctx, t.Stream); err != nil {
			return err
		}
	}
	known, err := ledger.Schema(ctx, db, t.ID())
	if err != nil {
		return db.Explain(err)
	}
	settled, err := schema.Settle(t.Stream, known, t.Account.Contract(t.Stream.Name))
	if err != nil {
		return err
	}
	t.Stream = settled.Stream
	learned.schema, learned.proved = settled.Learned, settled.Proved
	for _, change := range settled.Changes {
		change.ID = t.ID()
		a.Observe(change)
	}
	return nil
}

// tellUnfilled says why rows differ that nobody has touched: columns that came after the
// last full run have no value in them.
func (a *App) tellUnfilled(ctx context.Context, db warehouse.Driver, id crm.StreamID) error {
	columns, err := ledger.Unfilled(ctx, db, id)
	if err != nil {
		return db.Explain(err)
	}
	if len(columns) > 0 {
		a.Observe(crm.Notice{
			ID: id, Message: "columns that came after the last full run are not filled in rows that did not change since, and these differ: " + strings.Join(columns, ", "),
			Fix: "run warren sync " + id.String() + " --full first",
		})
	}
	return nil
}

// learning gathers what a run learns of the fields.
type learning struct {
	tell func(crm.Event)

	proved crm.Schema // once the run has come to its end

	mu     sync.Mutex
	schema crm.Schema
}

func (l *learning) hear(e crm.Event) {
	if change, is := e.(crm.SchemaChanged); is {
		l.mu.Lock()
		l.schema = append(l.schema, change.Field)
		l.mu.Unlock()
	}
	l.tell(e)
}

// describer returns the connector of an account whose source tells which fields a
// stream has, for rows are to be written as a sync writes them; nil where nobody can be
// asked.
func (a *App) describer(t Target) (crm.Connector, error) {
	if !t.Account.Source.Describes || t.Stream.FromFile {
		return nil, nil
	}
	return a.connect(t.Account)
}
