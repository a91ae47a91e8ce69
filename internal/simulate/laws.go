package simulate

import (
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// seen is what the judge remembers from one run to the next.
type seen struct {
	mu     sync.Mutex
	breach error

	before snapshot
	began  []time.Time // when each run began
	whole  time.Time   // what was at the source then was shown to a full run
}

// A law is held against one run: what was in the warehouse before and after
// it, and what is true at the source.
type trial struct {
	world         *world
	ran           ran
	before, after snapshot
	facts         []fact
	touched       snapshot        // the rows that it has written, whole
	compared      compared        // of a run that compares: the whole table
	edits         map[string]edit // rows that were as somebody had left them when the run began
}

// laws are those that hold after every run, whatever befell it.
func laws() []func(*trial) error {
	return []func(*trial) error{
		lawErrorsExplainThemselves, lawNoExcuse, lawL1Moves, lawL1Complete, lawL2Counts, lawL2Created, lawL6Dry, lawL7One, lawL8History, lawL9Forward, lawL3Gone, lawMarks, lawL4Full,
		lawVerifyFinds, lawRepairMends, lawLookFindsNothing, lawReplay, lawL5Written, lawL10Written,
	}
}

// completed reports whether the run ended well.
func (t *trial) completed() bool {
	return t.ran.err == nil && t.ran.run.Status.Complete()
}

// An error is one that a person can act on, and never a fault of Warren's own.
func lawErrorsExplainThemselves(t *trial) error {
	err := t.ran.err
	if err == nil || t.ran.died {
		return nil
	}
	var e *crm.Error
	switch {
	case !errors.As(err, &e) || e.Code == "" || e.Message == "" || e.Fix == "":
		return broken("errors", "nobody can act on %q (%T)", err, err)
	case e.Code == crm.CodeInternal || e.Code == crm.CodeCounts:
		return broken("errors", "Warren accuses itself: %s %v", e.Code, err)
	}
	return nil
}

// A run that nothing befell has to succeed, unless more is gone than may be.
func lawNoExcuse(t *trial) error {
	if !t.ran.calm || t.ran.err == nil || crm.CodeOf(t.ran.err) == crm.CodeDeletesRefused && t.tooManyGone() {
		return nil
	}
	return broken("L4", "a run fails although nothing befell it: %v", t.ran.err)
}

// tooManyGone reports whether more of the rows are gone from the source than one run
// may take out.
func (t *trial) tooManyGone() bool {
	var rows int
	gone := map[string]bool{}
	for id, r := range t.before.rows {
		if !r.marked() {
			gone[id] = true
			rows++
		}
	}
	for _, f := range t.facts {
		delete(gone, f.id)
	}
	return float64(len(gone)) > t.world.config.deletes.Limit*float64(rows)
}

// L1: the watermark moves forward, and only for a run that is whole.
func lawL1Moves(t *trial) error {
	ask, was, is := t.ran.ask, t.before.watermark, t.after.watermark
	if is.Equal(was) {
		return nil
	}
	// What the history says of the run counts: it may have ended well although
	// the answer to its last commit was lost, or it died after it.
	var status string
	if n := len(t.after.runs); n > 0 {
		status = t.after.runs[n-1].status
	}
	switch {
	case is.Before(was):
		return broken("L1", "the watermark went back from %s to %s", was.Format(time.RFC3339Nano), is.Format(time.RFC3339Nano))
	case status != string(crm.StatusSuccess) && status != string(crm.StatusPartial):
		return broken("L1", "a run that ended as %s moved the watermark", status)
	case ask.DryRun, ask.MaxRecords > 0, !ask.Until.IsZero(), !ask.Since.IsZero() && ask.Since.After(was):
		return broken("L1", "a run that is not whole moved the watermark: %+v", ask)
	}
	return nil
}

// L1: what was changed before the watermark is in the warehouse, as new as it
// is at the source. The source tells whole seconds, and is asked for all of the
// second in which the watermark lies.
func lawL1Complete(t *trial) error {
	if !t.world.company.promise().exact {
		return nil
	}
	until := t.after.watermark.Truncate(time.Second)
	for _, f := range t.facts {
		if f.id == "" || f.changed.IsZero() || !f.changed.Before(until) {
			continue
		}
		if t.world.hand.edits[f.id].loose || t.world.unshown(f) || t.held(f) {
			continue // Warren has not come to it since
		}
		r, ok := t.after.rows[f.id]
		switch {
		case !ok:
			return broken("L1", "%s, changed %s, is not in the warehouse, and the watermark is %s",
				f.id, f.changed.Format(time.RFC3339), t.after.watermark.Format(time.RFC3339Nano))
		case t.world.company.promise().dated && !t.world.company.says(r.text("data"), f):
			return broken("L1", "%s, changed %s, is older in the warehouse, and the watermark is %s: %s",
				f.id, f.changed.Format(time.RFC3339), t.after.watermark.Format(time.RFC3339Nano), members(r.text("data"), f))
		}
	}
	return nil
}

// L2: the counts of a run are balanced, and the same wherever they are told.
func lawL2Counts(t *trial) error {
	run := t.ran.run
	if !run.Counts.Balanced() && !t.ran.died {
		return broken("L2", "the counts do not add up: %s", inWords(run.Counts))
	}
	for _, s := range t.after.runs {
		if !s.counts.Balanced() {
			return broken("L2", "in the history the counts of run %d do not add up: %s", s.id, inWords(s.counts))
		}
		if s.id != run.ID || !t.completed() {
			continue
		}
		if s.counts != run.Counts || s.counts != t.ran.written {
			return broken("L2", "run %d says %+v, its row in the history %+v, the sum of its batches %+v", run.ID, run.Counts, s.counts, t.ran.written)
		}
	}
	return nil
}

// L2: every row was counted as created once, by whatever run: those that came
// into being since the last judgement are those that the history says more. What a
// run has written beside the table, another one may put into it, or make anew.
func lawL2Created(t *trial) error {
	if t.world.stream.Snapshot && (!t.completed() || t.ran.resumed) {
		return nil
	}
	was, is := t.before.total(), t.after.total()
	more, rows := is.Created-was.Created, int64(len(t.after.rows)-len(t.before.rows))
	if t.ran.deletes == crm.DeletesHard {
		more -= is.Deleted - was.Deleted
	}
	if more != rows {
		return broken("L2", "by the history there should be %d rows more, and the table has %d more", more, rows)
	}
	return nil
}

// total is what the history says of all runs together.
func (s *snapshot) total() (all crm.Counts) {
	for _, r := range s.runs {
		all.Add(r.counts)
	}
	return all
}

// held reports whether a record lies in the quarantine, as it is, since a mapping
// failed it that may be another one by now.
func (t *trial) held(f fact) bool {
	return t.world.config.failed && t.world.holds(t.after.open, f)
}

// L6: a dry run leaves everything as it was.
func lawL6Dry(t *trial) error {
	if !t.ran.ask.DryRun {
		return nil
	}
	if !slices.Equal(t.before.runs, t.after.runs) || len(t.before.open) != len(t.after.open) || len(t.before.issues) != len(t.after.issues) {
		return broken("L6", "a dry run wrote into the ledger")
	}
	if what := changedRows(t.before, t.after); what != "" {
		return broken("L6", "a dry run changed the table: %s", what)
	}
	return nil
}

// changedRows names a row that is not as it was; "" when there is none.
func changedRows(before, after snapshot) string {
	for _, id := range after.ids() {
		r := after.rows[id]
		if old, ok := before.rows[id]; !ok || !old.same(r) {
			return id
		}
	}
	if len(before.rows) != len(after.rows) {
		return "a row is gone"
	}
	return ""
}

// L7: one run at most has the stream, and none is left that nobody has.
func lawL7One(t *trial) error {
	running := 0
	for _, s := range t.after.runs {
		if s.status != string(crm.StatusRunning) {
			continue
		}
		if running++; s.id != t.after.holder {
			return broken("L7", "run %d is said to run, and run %d has the stream", s.id, t.after.holder)
		}
	}
	if running > 1 || t.completed() && !t.ran.ask.DryRun && running > 0 {
		return broken("L7", "%d runs are said to run", running)
	}
	return nil
}

// L8: the token stands in no error and in no history.
func lawL8History(t *trial) error {
	texts := []string{whole(t.ran.err)}
	for _, s := range t.after.runs {
		texts = append(texts, s.message)
	}
	if slices.ContainsFunc(texts, t.world.told) {
		return broken("L8", "the token stands in an error or in the history")
	}
	return nil
}

// L9: the time of a row never goes back. Of two versions of which one has no time the
// one that is read later counts.
func lawL9Forward(t *trial) error {
	cursor := t.world.stream.Cursor
	for _, id := range t.after.ids() {
		r := t.after.rows[id]
		was, is := plain(crm.TypeTimestamp, t.before.rows[id].text(cursor)), plain(crm.TypeTimestamp, r.text(cursor))
		if was != "" && is != "" && earlier(is, was) && !t.before.rows[id].marked() && !t.edits[id].loose { // a record that comes back begins anew
			return broken("L9", "%s went back from %s to %s", id, was, is)
		}
	}
	return nil
}

// L4: a full run brings all that did not change while it read, marked rows and
// what no incremental run can see included.
func lawL4Full(t *trial) error {
	w := t.world
	if !t.whole() || !w.company.promise().exact {
		return nil
	}
	sure := t.ran.began.Add(w.settings.skew - w.settings.lag - w.settings.stale - 2*time.Second)
	for _, f := range t.facts {
		late := w.company.listedSince(f).After(t.ran.began.Add(-w.settings.lag - w.settings.stale - 2*time.Second))
		if f.id == "" || !f.changed.Before(sure) || late || w.hand.edits[f.id].loose || w.unshown(f) {
			continue
		}
		r, ok := t.after.rows[f.id]
		switch {
		case w.refused(f):
			if !w.holds(t.after.open, f) {
				return broken("L3", "%s breaks a rule that fails it, and is not in the quarantine after a full run", f.id)
			}
		case !ok:
			return broken("L4", "%s is not in the warehouse after a full run", f.id)
		case r.marked():
			return broken("L4", "%s was shown to a full run and is marked as deleted", f.id)
		case !w.twins[f.id] && !w.company.says(r.text("data"), f):
			return broken("L4", "%s is older in the warehouse after a full run: %s", f.id, members(r.text("data"), f))
		}
	}
	return nil
}

// whole reports whether the run read all there is, by itself and to the end.
func (t *trial) whole() bool {
	return t.completed() && t.ran.run.Mode == crm.ModeFull && !t.ran.ask.DryRun && t.ran.ask.MaxRecords == 0 && !t.ran.resumed
}

// unshown reports whether a record that changed, or came back, with the times that
// it had was shown to no full run since: no other run can know of it.
func (w *world) unshown(f fact) bool {
	at := w.company.silent(f)
	return !at.IsZero() && !at.Before(w.seen.whole)
}
