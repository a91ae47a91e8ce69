package roadtest

import (
	"cmp"
	"context"
	"sync"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/schema"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// describe settles the fields of the trip's stream, as app does.
func (r *Road) describe(ctx context.Context, trip *Trip, connector crm.Connector, learned *learning) (crm.Stream, error) {
	stream, _ := r.account.source.Stream(trip.Stream)
	contract := crm.Contract{NewField: cmp.Or(r.account.source.NewField, crm.ReactDrop), ChangedType: crm.ReactEvolve, BadValue: crm.ReactDrop}
	if d, ok := connector.(crm.Describer); ok {
		var err error
		if stream, err = d.Describe(ctx, stream); err != nil {
			return crm.Stream{}, err
		}
	}
	known, err := ledger.Schema(ctx, trip.DB, r.ID(stream.Name))
	if err != nil {
		return crm.Stream{}, trip.DB.Explain(err)
	}
	settled, err := schema.Settle(stream, known, contract)
	if err != nil {
		return crm.Stream{}, err
	}
	learned.schema = settled.Learned
	return settled.Stream, nil
}

// learn has the ledger remember what a run has learned of the fields.
func (r *Road) learn(ctx context.Context, trip *Trip, run int64, learned *learning) error {
	if trip.Ask.DryRun || run == 0 || len(learned.schema) == 0 {
		return nil
	}
	err := ledger.Learn(context.WithoutCancel(ctx), trip.DB, r.ID(trip.Stream), run, learned.schema, r.Clock.Now())
	if err != nil {
		return trip.DB.Explain(err)
	}
	return nil
}

// learning gathers what a run learns of the fields.
type learning struct {
	tell func(crm.Event)

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
