package simulate

import (
	"context"

	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/replay"
)

// replay tries again to write what is open in the quarantine, as the command
// does.
func (p *process) replay(ctx context.Context, ask engine.Ask) ran {
	entries, err := ledger.ListQuarantine(ctx, p.driver, ledger.Filter{Status: ledger.EntryOpen})
	if err != nil {
		return p.failed(ask, p.driver.Explain(err))
	}
	source := p.connector
	quarantine := replay.Source{DB: p.driver, Entries: entries}
	p.connector = quarantine
	r := p.job(ctx, ask)
	p.connector = source
	if r.err == nil {
		r.err = quarantine.Close(ctx, r.run.ID, p.world.clock.Now())
	}
	r.died, r.calm = p.driver.Killed(), p.weather.calm()
	return r
}

// failed is a run that did not come to be.
func (p *process) failed(ask engine.Ask, err error) ran {
	return ran{ask: ask, began: p.world.clock.Now(), err: err, deletes: p.world.deletes(), died: p.driver.Killed(), calm: p.weather.calm()}
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
