package app

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// again asks anew for a stream that the account did not offer when it was last tried.
// That costs a call or two, and no run: a schedule would fill the history with runs
// of nothing. It returns what the stream is to be read with, or else why it is still
// left out.
func (a *App) again(ctx context.Context, db warehouse.Driver, t Target, c crm.Connector) (crm.Connector, string, error) {
	state, err := ledger.Load(ctx, db, ledger.Claim{ID: t.ID(), SourceType: t.Account.Source.Type, HistoryName: t.Stream.HistoryName})
	if err != nil {
		return nil, "", db.Explain(err)
	}
	if state.DisabledReason == "" {
		return c, "", nil
	}
	refused := c.Check(ctx, t.Stream)
	if refused == nil {
		return c, "", nil
	}
	// What else is wrong belongs in the history, as a failed run.
	absent, is := notOffered(refused)
	if !is {
		return crm.Unasked{Why: refused}, "", nil
	}
	synced, err := warehouse.Synced(ctx, db, t.claim())
	if err != nil || synced {
		return crm.Unasked{Why: refused}, "", err
	}
	return nil, absent.Message, nil
}

// checkAbsent tells what it means that the account does not offer a stream: why it is
// left out, or that a sync would fail. A warehouse that cannot be read shows no sync.
func (a *App) checkAbsent(ctx context.Context, t Target, refused *crm.Error, readable bool) (left string, failure error) {
	synced := false
	if readable {
		_, err := a.Look(ctx, func(db warehouse.Driver) (err error) {
			synced, err = warehouse.Synced(ctx, db, t.claim())
			return err
		})
		if err != nil {
			return "", err
		}
	}
	if synced {
		return "", engine.Absent(refused, synced)
	}
	return refused.Message + "; it is left out", nil
}

// notOffered reports whether err says that the account does not offer the stream.
func notOffered(err error) (*crm.Error, bool) {
	e, is := errors.AsType[*crm.Error](err)
	return e, is && e.Code == crm.CodeStreamAbsent
}

// claim names the stream to the warehouse.
func (t Target) claim() warehouse.Claim {
	return warehouse.Claim{ID: t.ID(), SourceType: t.Account.Source.Type, Stream: t.Stream}
}
