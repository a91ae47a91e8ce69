package app

import (
	"context"
	"errors"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Options is how to sync.
type Options struct {
	engine.Ask
	SkipValidation bool
	Wait           time.Duration // how long to wait for each stream that another run has; 0 not to wait
}

// Result is one stream's run.
type Result struct {
	ID      crm.StreamID
	Run     crm.Run
	Err     error
	Skipped string // why the stream was left out; "" when it was synced
}

// Sync syncs the selected streams one after the other. A stream that fails
// does not stop the next; only a selection that makes no sense, or a
// warehouse that cannot be opened, is an error.
func (a *App) Sync(ctx context.Context, sel Selection, o Options) ([]Result, error) {
	targets, err := a.Select(sel)
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		if err := t.Account.Ready(); err != nil {
			return nil, err
		}
	}
	access := ReadWrite
	if o.DryRun {
		access = ReadOnly
	}
	db, err := a.Warehouse(ctx, access)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(targets))
	for _, t := range targets {
		results = append(results, a.syncOne(ctx, db, t, o, len(sel.Streams) > 0))
		if ctx.Err() != nil {
			break
		}
	}
	return results, db.Close()
}

func (a *App) syncOne(ctx context.Context, db warehouse.Driver, t Target, o Options, named bool) Result {
	r := Result{ID: t.ID()}
	if !named {
		state, err := ledger.Load(ctx, db, ledger.Claim{ID: r.ID, SourceType: t.Account.Source.Type, HistoryName: t.Stream.HistoryName})
		if err != nil {
			r.Err = db.Explain(err)
			return r
		}
		if state.DisabledReason != "" {
			r.Skipped = state.DisabledReason
			return r
		}
	}
	connector, err := a.connect(t.Account)
	if err != nil {
		r.Err = err
		return r
	}
	r.Run, r.Err = a.run(ctx, db, t, connector, o)
	var e *crm.Error
	if !named && errors.As(r.Err, &e) && e.Code == crm.CodeStreamAbsent {
		r.Err, r.Skipped = nil, e.Message
	}
	return r
}

// run hands one stream to the engine, when no other run has it.
func (a *App) run(ctx context.Context, db warehouse.Driver, t Target, connector crm.Connector, o Options) (crm.Run, error) {
	ask := o.Ask
	if ask.BatchSize == 0 {
		ask.BatchSize = t.Account.BatchSize(t.Stream.Name)
	}
	if ask.Overlap == 0 {
		ask.Overlap = a.Config.Sync.Overlap
	}
	ask.Look = a.Config.Sync.Check
	e := engine.Engine{Clock: a.Clock, Observe: a.Observe}
	tools := warehouse.Tools{Clock: a.Clock, Observe: a.Observe, Owner: ledger.ThisProcess()}
	job := engine.Job{
		ID: t.ID(), SourceType: t.Account.Source.Type, Endpoint: t.Account.Settings.Text("url"), Stream: t.Stream,
		Connector: connector, Processor: rules(o.SkipValidation), Ask: ask,
		Deletes: t.Account.Deletes(t.Stream.Name),
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			if ask.DryRun {
				return warehouse.Peek(ctx, db, c, tools)
			}
			return warehouse.Open(ctx, db, c, tools)
		},
	}
	return a.whenFree(ctx, db, job.ID, o, func() (crm.Run, error) { return e.Run(ctx, job) })
}
