package simulate

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// quiet is the last judgement: nobody changes anything any more, nothing goes
// wrong, the index has caught up. One more run, and the warehouse is what the
// source is; yet another one, and nothing is written.
func (w *world) quiet(ctx context.Context, p *process) error {
	w.story.tell(World, "the world goes quiet")
	w.config.deletes.Limit = 1
	p.weather = &weather{}
	if err := w.clock.Wait(ctx, w.settings.lag+w.settings.stale+2*time.Second); err != nil {
		return err
	}
	if err := w.free(ctx, p); err != nil {
		return err
	}
	if err := w.hand.meddle(ctx, 80); err != nil {
		return err
	}
	if w.company.promise().exact {
		if err := w.converges(ctx, p, engine.Ask{BatchSize: 17}); err != nil {
			return err
		}
	}
	if err := w.verified(ctx, p); err != nil {
		return err
	}
	if err := w.converges(ctx, p, engine.Ask{BatchSize: 23, Full: true, Restart: true}); err != nil {
		return err
	}
	if err := w.forgotten(); err != nil {
		return err
	}
	return w.idles(ctx, p, engine.Ask{BatchSize: 11})
}

// converges is L4: after the run the warehouse equals the source.
func (w *world) converges(ctx context.Context, p *process, ask engine.Ask) error {
	r, err := w.try(ctx, p, ask)
	if err == nil && r.resumed {
		// A walk that was broken off is gone on with first. What changed since
		// in the part that was read before is for the run after it.
		_, err = w.try(ctx, p, ask)
	}
	if err != nil {
		return err
	}
	facts, err := w.truth()
	if err != nil {
		return err
	}
	after, err := w.look(ctx, true)
	if err != nil {
		return err
	}
	for _, f := range facts {
		if _, edited := w.hand.edits[f.id]; !ask.Full && (edited || w.unshown(f)) {
			continue
		}
		if err := w.stands(f, &after, ask.Full); err != nil {
			return err
		}
	}
	return nil
}

// stands holds one record against its row.
func (w *world) stands(f fact, s *snapshot, full bool) error {
	if f.id == "" || w.refused(f) {
		if !w.holds(s.open, f) && !w.hand.edits[f.id].loose {
			return broken("L3", "a record is neither in the table nor, open and with its bytes, in the quarantine: %s", f.raw)
		}
		return nil
	}
	r, ok := s.rows[f.id]
	if !ok {
		return broken("L4", "%s is not in the warehouse", f.id)
	}
	if !w.company.promise().dated && !full {
		return nil // it cannot be asked for by when it changed
	}
	difference, unexplained := w.differs(f, r, s)
	if unexplained != "" {
		return broken("L5", "%s: %s", f.id, unexplained)
	}
	if difference != "" {
		return broken("L4", "%s: %s", f.id, difference)
	}
	return nil
}

// forgotten holds what a complete full run has marked as deleted against what
// is gone: those rows, and no others.
func (w *world) forgotten() error {
	facts, err := w.truth()
	if err != nil {
		return err
	}
	listed, failed, sure := map[string]bool{}, map[string]bool{}, w.company.promise().exact
	for _, f := range facts {
		listed[f.id], failed[f.id] = true, w.refused(f)
		sure = sure && f.id != "" // any row could be that of a record without an id
	}
	for _, id := range w.seen.before.ids() {
		r := w.seen.before.rows[id]
		switch {
		case r.marked() && listed[id] && !failed[id]: // what fails is in the quarantine, and its row as it was
			return broken("L4", "%s is at the source and marked as deleted", id)
		case sure && !r.marked() && !listed[id] && w.deletes() != crm.DeletesOff:
			return broken("L4", "%s is gone from the source, and its row is neither marked nor deleted", id)
		}
	}
	return nil
}

// idles is L10: a run over a world in which nothing has changed writes no row.
func (w *world) idles(ctx context.Context, p *process, ask engine.Ask) error {
	before := w.seen.before
	r, err := w.try(ctx, p, ask)
	if err != nil {
		return err
	}
	if len(w.twins) > 0 {
		return nil
	}
	if what := changedRows(before, w.seen.before); what != "" {
		return broken("L10", "nothing has changed, and a run wrote %s", what)
	}
	if c := r.run.Counts; c.Created+c.Updated > 0 {
		return broken("L10", "nothing has changed, and a run counts %s", inWords(c))
	}
	return nil
}
