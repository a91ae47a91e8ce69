package app

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// describedRun is run with the fields that the account adds to the stream, as far as
// the source can tell of them. Where it cannot be asked, that is a failed run, and
// in the history like any other.
func (a *App) describedRun(ctx context.Context, db warehouse.Driver, t Target, source, connector crm.Connector, o Options) (crm.Run, error) {
	if d, ok := source.(crm.Describer); ok {
		described, err := d.Describe(ctx, t.Stream)
		if err != nil {
			return a.run(ctx, db, t, unasked{err}, o)
		}
		t.Stream = described
	}
	return a.run(ctx, db, t, connector, o)
}

// describer returns the connector of an account whose source tells of further
// fields, for rows are to be written as a sync writes them; nil for any other.
func (a *App) describer(t Target) (crm.Connector, error) {
	if !t.Account.Source.Describes {
		return nil, nil
	}
	return a.connect(t.Account)
}

// unasked is a source of which it is known already why it cannot be read.
type unasked struct{ why error }

func (u unasked) Check(context.Context, crm.Stream) error { return u.why }

// Read yields why.
func (u unasked) Read(context.Context, crm.Stream, crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) { yield(crm.Page{}, u.why) }
}
