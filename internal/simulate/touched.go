package simulate

import (
	"context"
)

// touched reads, with all their columns, the rows that a run has written and
// not merely marked. A server may write the JSON in data its own way, and then data
// does not tell what a text was.
func (w *world) touched(ctx context.Context, r ran, before, after *snapshot) (snapshot, error) {
	whole := snapshot{rows: map[string]row{}, issues: after.issues}
	if w.options.Atomic || r.ask.DryRun || r.run.Counts.Created+r.run.Counts.Updated == 0 {
		return whole, nil
	}
	since := ` WHERE "synced_at" >= '` + r.began.UTC().Format("2006-01-02T15:04:05.000000Z") + `'`
	if err := w.lookAtTable(ctx, &whole, true, since); err != nil {
		return whole, err
	}
	for id, is := range whole.rows {
		was, had := before.rows[id]
		if is.marked() || had && was.text("synced_at") == is.text("synced_at") {
			delete(whole.rows, id)
		}
	}
	return whole, nil
}

// L5: what a run has written says in every column what the record says that it
// was written from, or there is an issue.
func lawL5Written(t *trial) error {
	for _, id := range t.touched.ids() {
		r := t.touched.rows[id]
		f := t.world.fact([]byte(r.text("data")))
		if f.id != id && f.id != unnumbered(id) {
			return broken("L5", "the row of %s holds the record of %q", id, f.id)
		}
		difference, unexplained := t.world.differs(f, r, &t.touched)
		if difference+unexplained != "" {
			return broken("L5", "%s is not what its own record says: %s%s", id, difference, unexplained)
		}
	}
	return nil
}

// L10: no row is written whose record is the one that it held. Where answers are
// late or old, a run may see another version in between.
func lawL10Written(t *trial) error {
	w := t.world
	if w.settings.lag+w.settings.stale > 0 || w.config.remapped || t.ran.ask.DryRun {
		return nil
	}
	for _, id := range t.after.ids() {
		was, had := t.before.rows[id]
		is := t.after.rows[id]
		_, edited := t.edits[id]
		if had && !edited && !w.twins[id] && !was.marked() && !is.marked() && was.text("synced_at") != is.text("synced_at") && was.text("data") == is.text("data") {
			return broken("L10", "%s was as the source has it, and was written again", id)
		}
	}
	return nil
}
