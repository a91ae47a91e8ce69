package simulate

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// replay tries again to write what is open in the quarantine, as the command
// does.
func (p *process) replay(ctx context.Context, ask engine.Ask) ran {
	entries, err := ledger.ListQuarantine(ctx, p.driver, ledger.Filter{Status: ledger.EntryOpen})
	if err != nil {
		return p.failed(ask, p.driver.Explain(err))
	}
	source := p.connector
	p.connector = quarantined{db: p.driver, entries: entries}
	r := p.job(ctx, ask)
	p.connector = source
	if r.err == nil {
		r.err = p.driver.Explain(p.closed(ctx, entries, r.run.ID))
	}
	r.died, r.calm = p.driver.Killed(), p.weather.calm()
	return r
}

// failed is a run that did not come to be.
func (p *process) failed(ask engine.Ask, err error) ran {
	return ran{ask: ask, began: p.world.clock.Now(), err: err, deletes: p.world.deletes(), died: p.driver.Killed(), calm: p.weather.calm()}
}

// closed closes the entries whose records are written, or need not be.
func (p *process) closed(ctx context.Context, entries []ledger.Entry, run int64) error {
	for _, e := range entries {
		now, err := ledger.ShowQuarantine(ctx, p.driver, e.ID)
		if err != nil {
			return err
		}
		if now.Status != ledger.EntryOpen || now.RunID == run {
			continue // it was closed before, or has failed again
		}
		if err := ledger.MarkReplayed(ctx, p.driver, e.ID, run, p.world.clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// quarantined is a connector that reads records back out of the quarantine.
type quarantined struct {
	db      warehouse.Driver
	entries []ledger.Entry
}

// Check has nothing to ask.
func (quarantined) Check(context.Context, crm.Stream) error { return nil }

// Read yields the entries one by one.
func (q quarantined) Read(ctx context.Context, _ crm.Stream, _ crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for i, e := range q.entries {
			entry, err := ledger.ShowQuarantine(ctx, q.db, e.ID)
			if err != nil {
				yield(crm.Page{}, q.db.Explain(err))
				return
			}
			page := crm.Page{Records: [][]byte{entry.Raw}, Bytes: entry.Size, Last: i == len(q.entries)-1, Total: int64(len(q.entries))}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// A replay is no proof that the source has a record: it takes no mark away, and
// leaves rows alone that are newer. What it could write is in the quarantine no
// more.
func lawReplay(t *trial) error {
	if !t.ran.ask.Replay {
		return nil
	}
	for _, id := range t.before.ids() {
		if t.before.rows[id].marked() && !t.after.rows[id].marked() {
			return broken("replay", "%s was marked as deleted, and a replay has unmarked it", id)
		}
	}
	if t.completed() && int64(len(t.after.open)) != t.ran.run.Counts.Failed {
		return broken("replay", "%d records failed again, and %d are open in the quarantine", t.ran.run.Counts.Failed, len(t.after.open))
	}
	return nil
}
