package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/warren-sync/warren/internal/config"
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
	Skipped string       // why the stream was left out; "" when it was synced
	SameAs  crm.StreamID // the stream of the account that failed before for the same reason, true of all of them
}

// Begun reports whether there was a run: the stream was free, and its account worth
// asking.
func (r Result) Begun() bool { return r.Run.Mode != "" }

// Sync syncs the selected streams, as many at the same time as the configuration
// says, and returns what became of them in their order. A stream that fails does
// not stop the others, unless what failed is true of every stream of its account:
// then those of them that have not begun are not begun. Only a selection that makes
// no sense, or a warehouse that cannot be opened, is an error. Streams that ctx left
// no time to begin are not among the results.
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
	if !o.DryRun { // once, before the streams begin: none of them is to see it half done
		if err := a.migrate(ctx, db); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	results := make([]Result, len(targets))
	connections := a.connectAll(targets)
	var group errgroup.Group
	group.SetLimit(max(a.Config.Sync.Parallel, 1))
	for i, t := range targets {
		group.Go(func() error {
			if ctx.Err() == nil {
				results[i] = a.syncOne(ctx, db, t, connections[t.Account.Name], o, len(sel.Streams) > 0)
			}
			return nil
		})
	}
	_ = group.Wait() // what went wrong is in the results
	begun := slices.DeleteFunc(results, func(r Result) bool { return r.ID == crm.StreamID{} })
	return begun, db.Close()
}

// connection is the connector of one account, which all of its streams share, and
// with it the limits of the source; or why there is none.
type connection struct {
	connector crm.Connector
	err       error
	prospect  prospect
}

func (a *App) connectAll(targets []Target) map[string]*connection {
	connections := map[string]*connection{}
	for _, t := range targets {
		if _, done := connections[t.Account.Name]; !done {
			connector, err := a.connect(t.Account)
			connections[t.Account.Name] = &connection{connector: connector, err: err}
		}
	}
	return connections
}

func (a *App) syncOne(ctx context.Context, db warehouse.Driver, t Target, c *connection, o Options, named bool) Result {
	r := Result{ID: t.ID()}
	if same, hopeless := c.prospect.hopeless(r.ID, a.Observe); hopeless {
		return same
	}
	if r.Err = c.err; r.Err != nil {
		r.Run = crm.Run{StreamID: r.ID, Status: crm.StatusFailed}
		c.prospect.giveUp(r.ID, r.Err)
		return r
	}
	connector := c.connector
	if !named {
		connector, r.Skipped, r.Err = a.again(ctx, db, t, connector)
		if r.Err != nil || r.Skipped != "" {
			return r
		}
	}
	r.Run, r.Err = a.describedRun(ctx, db, t, connector, connector, o)
	if absent, is := notOffered(r.Err); is && !named {
		r.Err, r.Skipped = nil, absent.Message
	}
	r.SameAs = c.prospect.ended(r.ID, r.Err)
	return r
}

// run hands one stream to the engine, when no other run has it.
func (a *App) run(ctx context.Context, db warehouse.Driver, t Target, connector crm.Connector, o Options, observe func(crm.Event)) (crm.Run, error) {
	ask := o.Ask
	if ask.BatchSize == 0 {
		ask.BatchSize = t.Account.BatchSize(t.Stream.Name)
	}
	if ask.Overlap == 0 {
		ask.Overlap = max(a.Config.Sync.Overlap, t.Stream.Lag)
	}
	ask.Look = a.Config.Sync.Check
	e := engine.Engine{Clock: a.Clock, Observe: observe}
	tools := warehouse.Tools{Clock: a.Clock, Observe: observe, Owner: ledger.ThisProcess()}
	job := engine.Job{
		ID: t.ID(), SourceType: t.Account.Source.Type, Endpoint: endpoint(t.Account), Stream: t.Stream,
		Connector: connector, Processor: rules(o.SkipValidation), Ask: ask,
		Deletes: t.Account.Deletes(t.Stream.Name), MaxScan: a.maxScan(db, t),
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			if ask.DryRun {
				return warehouse.Peek(ctx, db, c, tools)
			}
			return warehouse.Open(ctx, db, c, tools)
		},
	}
	return a.whenFree(ctx, db, job.ID, o, func() (crm.Run, error) { return e.Run(ctx, job) })
}

// endpoint is where an account is read.
func endpoint(account config.Account) string {
	if account.Source.Endpoint != nil {
		return account.Source.Endpoint(account.Settings)
	}
	return account.Settings.Text("url")
}
