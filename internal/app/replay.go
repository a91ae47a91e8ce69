package app

import (
	"context"
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/replay"
)

// Replay tries again to write the open entries of the quarantine that f
// selects, or those of the ids if there are any, stream by stream, as runs of
// their own. What still fails stays.
func (a *App) Replay(ctx context.Context, f ledger.Filter, ids []int64, o Options) (results []Result, err error) {
	o.Replay = true
	err = a.Change(ctx, func(db warehouse.Driver) error {
		entries, err := openEntries(ctx, db, f, ids)
		if err == nil {
			results = a.replay(ctx, db, entries, o)
		}
		return err
	})
	return results, err
}

func openEntries(ctx context.Context, db warehouse.Driver, f ledger.Filter, ids []int64) ([]ledger.Entry, error) {
	if len(ids) == 0 {
		f.Status = ledger.EntryOpen
		return ledger.ListQuarantine(ctx, db, f)
	}
	var entries []ledger.Entry
	for _, id := range ids {
		e, err := ledger.ShowQuarantine(ctx, db, id)
		if err != nil {
			return nil, err
		}
		if e.Status != ledger.EntryOpen {
			return nil, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig,
				Message: fmt.Sprintf("entry %d of the quarantine is not open: it was %s", id, e.Status),
				Fix:     "Leave it out; warren quarantine list shows those that are open.",
			}
		}
		e.Raw = nil // read again when its turn comes (L11)
		entries = append(entries, e)
	}
	return entries, nil
}

func (a *App) replay(ctx context.Context, db warehouse.Driver, entries []ledger.Entry, o Options) []Result {
	var results []Result
	var ids []crm.StreamID
	byStream := map[crm.StreamID][]ledger.Entry{}
	for _, e := range entries {
		if byStream[e.StreamID] == nil {
			ids = append(ids, e.StreamID)
		}
		byStream[e.StreamID] = append(byStream[e.StreamID], e)
	}
	for _, id := range ids {
		r := Result{ID: id}
		r.Run, r.Err = a.replayStream(ctx, db, id, byStream[id], o)
		results = append(results, r)
		if ctx.Err() != nil {
			break
		}
	}
	return results
}

func (a *App) replayStream(ctx context.Context, db warehouse.Driver, id crm.StreamID, entries []ledger.Entry, o Options) (crm.Run, error) {
	targets, err := a.Select(Selection{Account: id.Source, Streams: []string{id.Stream}, Files: true})
	if err != nil {
		return crm.Run{}, err
	}
	source, err := a.describer(targets[0])
	if err != nil {
		return crm.Run{}, err
	}
	quarantine := replay.Source{DB: db, Entries: entries}
	run, err := a.describedRun(ctx, db, targets[0], source, quarantine, o)
	if err != nil {
		return run, err
	}
	return run, quarantine.Close(ctx, run.ID, a.Clock.Now())
}
