package simulate

import (
	"context"
	"fmt"
	"maps"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// try runs a job and holds the laws against it.
func (w *world) try(ctx context.Context, p *process, ask engine.Ask) (ran, error) {
	w.story.tell(World, "asked for: %s", inWordsOf(ask))
	var c compared
	var err error
	if ask.Verify {
		if c.before, err = w.look(ctx, true); err != nil {
			return ran{}, err
		}
	}
	r := p.run(ctx, ask)
	w.tell(r)
	if ask.Verify {
		if c.after, err = w.look(ctx, true); err != nil {
			return ran{}, err
		}
	}
	return r, w.judge(ctx, r, c)
}

// judge holds every law against a run.
func (w *world) judge(ctx context.Context, r ran, c compared) error {
	after, err := w.look(ctx, false)
	if err != nil {
		return err
	}
	facts, err := w.truth()
	if err != nil {
		return err
	}
	touched, err := w.touched(ctx, r, &w.seen.before, &after)
	if err != nil {
		return err
	}
	t := &trial{world: w, ran: r, before: w.seen.before, after: after, facts: facts, touched: touched, compared: c, edits: maps.Clone(w.hand.edits)}
	w.seen.before = after
	w.hand.settle(&after)
	w.seen.began = append(w.seen.began, r.began)
	if t.whole() {
		w.seen.whole = r.began.Add(-w.settings.lag - w.settings.stale)
	}
	if err := w.found(); err != nil {
		return err
	}
	for _, law := range laws() {
		if err := law(t); err != nil {
			return err
		}
	}
	return nil
}

// tell tells how a run ended, and counts it.
func (w *world) tell(r ran) {
	switch {
	case r.died:
		w.story.tell(Warren, "the process is dead")
		return
	case cancelled(r.err):
		w.story.happened(RunCancelled, Warren, "run %d ends: %v", r.run.ID, r.err)
		return
	case r.err != nil:
		w.story.happened(RunFailed, Warren, "run %d ends: %s: %v", r.run.ID, crm.CodeOf(r.err), r.err)
		return
	}
	kind := map[crm.Mode]Kind{crm.ModeFull: RanFull, crm.ModeIncremental: RanIncremental, crm.ModeRange: RanRange}[r.run.Mode]
	switch {
	case r.ask.DryRun:
		kind = RanDry
	case r.ask.MaxRecords > 0:
		kind = RanCapped
	}
	switch {
	case r.ask.Verify:
		kind = verifyKind(r.ask)
	case r.ask.Replay:
		kind = Replayed
		if r.run.Counts.Created+r.run.Counts.Updated > 0 {
			w.story.count(Rewritten)
		}
	}
	if c := r.run.Check; c != nil && !r.ask.Verify {
		w.story.count(LookedAgain)
		if c.Wrong() > 0 {
			w.story.count(LookFound)
		}
	}
	if r.run.Status == crm.StatusPartial {
		w.story.count(RanPartial)
	}
	if r.run.Counts.Deleted > 0 && !r.ask.DryRun {
		w.story.count(map[crm.Deletes]Kind{crm.DeletesSoft: RowsMarked, crm.DeletesHard: RowsDeleted}[r.deletes])
	}
	w.story.happened(kind, Warren, "run %d ends: %s, %s", r.run.ID, r.run.Status, inWords(r.run.Counts))
}

func verifyKind(a engine.Ask) Kind {
	switch {
	case a.Sample > 0:
		return RanSampled
	case a.DryRun:
		return RanVerify
	default:
		return RanRepair
	}
}

func inWordsOf(a engine.Ask) string {
	text := "an incremental run"
	switch {
	case !a.Since.IsZero():
		text = "a range" + since(a.Since)
		if !a.Until.IsZero() {
			text += " until " + a.Until.Format("2006-01-02T15:04:05Z07:00")
		}
	case a.Replay:
		text = "a replay of the quarantine"
	case a.Verify && a.Sample > 0:
		text = fmt.Sprintf("a verify run of some %d records", a.Sample)
	case a.Verify:
		text = "a verify run"
	case a.Full && a.Restart:
		text = "a full run from the beginning"
	case a.Full:
		text = "a full run"
	}
	if a.DryRun {
		text += ", dry"
	}
	if a.MaxRecords > 0 {
		text += ", capped"
	}
	return text
}
