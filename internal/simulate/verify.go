package simulate

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// compared is the whole table before and after a run that compares, for the
// judge to compare, too.
type compared struct{ before, after snapshot }

// wrong says of each record and row that the warehouse does not have as the
// source shows it in what way it is wrong.
func (w *world) wrong(facts []fact, s *snapshot) map[string]crm.Difference {
	found := map[string]crm.Difference{}
	listed := map[string]bool{}
	held := map[string]bool{}
	for _, raw := range s.open {
		held[w.fact([]byte(raw)).id] = true
	}
	for _, f := range facts {
		if f.id == "" {
			continue
		}
		listed[f.id] = true
		r, there := s.rows[f.id]
		if w.refused(f) || !there && held[f.id] {
			continue // it is in the quarantine, which is no fault
		}
		difference, _ := w.differs(f, r, s)
		switch {
		case !there:
			found[f.id] = crm.Missing
		case r.marked():
			found[f.id] = crm.Stale
		case difference != "" && w.older(r, f):
			found[f.id] = crm.Stale
		case difference != "":
			found[f.id] = crm.Different
		}
	}
	for id, r := range s.rows {
		if !listed[id] && !r.marked() {
			found[id] = crm.Extra
		}
	}
	return found
}

// older reports whether a row carries an older time than its record.
func (w *world) older(r row, f fact) bool {
	cursor, declared := w.stream.Field(w.stream.Cursor)
	if !declared {
		return false
	}
	has, _ := expected(cursor, f.values)
	return has != nil && r[cursor.Column] != nil && earlier(plain(cursor.Type, r.text(cursor.Column)), *has)
}

// still reports whether nothing befell the run, and nothing changed while it
// read the source, or came to light.
func (t *trial) still() bool {
	s, w := &t.world.settings, t.world
	return t.completed() && t.ran.calm && t.ran.idle && w.company.promise().sure && t.ran.began.Sub(w.people.last) > s.lag+s.stale
}

// verify finds the rows that are wrong, all of them and no others, and calls
// wrong what no sync will bring.
func lawVerifyFinds(t *trial) error {
	if !t.ran.ask.Verify || !t.still() {
		return nil
	}
	want, found := t.world.wrong(t.facts, &t.compared.before), map[string]crm.Finding{}
	for _, f := range t.ran.findings {
		found[f.RecordID] = f
		if want[f.RecordID] != f.Kind && !t.world.twins[f.RecordID] && !t.reshaped(f) { // of twins, one is never what the row holds
			return broken("verify", "the judge says %q of this: %s", want[f.RecordID], f)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		_, told := found[id]
		if !told && t.ran.ask.Sample == 0 && (want[id] != crm.Extra || t.sure()) {
			return broken("verify", "it does not find that %s is %s %s", id, want[id], t.why(id))
		}
	}
	return t.pending(found)
}

// reshaped reports whether a finding is of nothing but the members of a record that
// has more of them by now: those that the table has no column for, yet.
func (t *trial) reshaped(f crm.Finding) bool {
	was := t.compared.before.rows[f.RecordID]
	known := func(d crm.FieldDifference) bool {
		_, has := was[d.Column]
		return has && d.Column != "data"
	}
	return !t.world.company.promise().fixed && len(f.Fields) > 0 && !slices.ContainsFunc(f.Fields, known)
}

// why says in what way a row was wrong before the run.
func (t *trial) why(id string) string {
	for _, f := range t.facts {
		if f.id == id {
			difference, unexplained := t.world.differs(f, t.compared.before.rows[id], &t.compared.before)
			return difference + unexplained
		}
	}
	return ""
}

// pending holds against the findings that what the next run brings is no
// fault, and that what somebody edited is one.
func (t *trial) pending(found map[string]crm.Finding) error {
	until := t.before.watermark.Truncate(time.Second)
	if until.IsZero() || !t.world.company.promise().dated || !t.world.company.promise().exact || !t.world.stream.Incremental {
		return nil
	}
	for _, f := range t.facts {
		finding, is := found[f.id]
		_, edited := t.edits[f.id]
		switch late := f.changed.Before(until); {
		case !is:
		case finding.Pending && late && edited:
			return broken("verify", "%s was edited, and it says that the next run brings it", f.id)
		case !finding.Pending && !late && !edited:
			return broken("verify", "%s was changed %s, and it says that no run brings it", f.id, f.changed.Format(time.RFC3339))
		}
	}
	return nil
}

// sure reports whether what a walk does not show is gone from the source.
func (t *trial) sure() bool {
	return t.world.company.promise().exact && !slices.ContainsFunc(t.facts, func(f fact) bool { return f.id == "" })
}

// verify --repair mends all that is wrong.
func lawRepairMends(t *trial) error {
	if !t.ran.ask.Verify || t.ran.ask.DryRun || t.ran.ask.Sample > 0 || !t.still() {
		return nil
	}
	for _, f := range t.facts {
		if err := t.world.stands(f, &t.compared.after, true); err != nil {
			return err
		}
	}
	if !t.sure() || t.ran.deletes == crm.DeletesOff || t.ran.run.ErrorCode == crm.CodeDeletesRefused {
		return nil
	}
	for id, kind := range t.world.wrong(t.facts, &t.compared.after) {
		if kind == crm.Extra {
			return broken("verify", "%s is gone from the source, and a repair left it", id)
		}
	}
	return nil
}

// A look at some records finds nothing wrong where nobody edited anything.
func lawLookFindsNothing(t *trial) error {
	c := t.ran.run.Check
	if c == nil || len(t.world.twins) > 0 || t.ran.ask.Verify || c.Wrong() == 0 || len(t.edits) > 0 || !t.still() || slices.ContainsFunc(t.facts, t.world.unshown) {
		return nil
	}
	return broken("verify", "nobody edited anything, and a look at the end of the run says: %s", c.First)
}

// verified is the judgement over verify, in a world that is quiet: it finds what
// is wrong, mends it, and finds nothing any more.
func (w *world) verified(ctx context.Context, p *process) error {
	if !w.hand.busy && !w.verify.chance(20) || len(w.seen.before.rows) == 0 || w.stream.Snapshot {
		return nil
	}
	for _, dry := range []bool{true, false, true} {
		r, err := w.try(ctx, p, engine.Ask{BatchSize: 19, Verify: true, DryRun: dry})
		if err != nil {
			return err
		}
		if len(r.findings) == 0 && dry {
			return nil
		}
	}
	return nil
}
