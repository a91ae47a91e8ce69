package simulate

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// try runs a job and holds the laws against it.
func (w *world) try(ctx context.Context, p *process, ask engine.Ask) (ran, error) {
	w.story.tell(World, "asked for: %s", inWordsOf(ask))
	r := p.run(ctx, ask)
	w.tell(r)
	return r, w.judge(ctx, r)
}

// judge holds every law against a run.
func (w *world) judge(ctx context.Context, r ran) error {
	after, err := w.look(ctx, false)
	if err != nil {
		return err
	}
	facts, err := w.truth()
	if err != nil {
		return err
	}
	t := &trial{world: w, ran: r, before: w.seen.before, after: after, facts: facts}
	w.seen.before = after
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
	if r.run.Status == crm.StatusPartial {
		w.story.count(RanPartial)
	}
	w.story.happened(kind, Warren, "run %d ends: %s, %s", r.run.ID, r.run.Status, inWords(r.run.Counts))
}

func inWordsOf(a engine.Ask) string {
	text := "an incremental run"
	switch {
	case !a.Since.IsZero():
		text = "a range" + since(a.Since)
		if !a.Until.IsZero() {
			text += " until " + a.Until.Format("2006-01-02T15:04:05Z07:00")
		}
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
