package simulate

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// L3: no row is marked as deleted, or deleted, whose record was at the source all
// the time that the walk took, or from before Warren wrote the row during it.
func lawL3Gone(t *trial) error {
	s := &t.world.settings
	walk := t.ran.began
	if t.ran.resumed {
		walk = t.walkBegan()
	}
	sure := walk.Add(-s.lag - s.stale)
	for _, f := range t.facts {
		was, had := t.before.rows[f.id]
		is, has := t.after.rows[f.id]
		if has && (!is.marked() || was.marked()) || !has && !had {
			continue
		}
		since := t.world.company.listedSince(f)
		if !since.Before(sure) && !t.writtenMeanwhile(was, walk, since) {
			continue
		}
		if !has {
			return broken("L3", "%s, at the source since %s, is there, and a run deleted its row", f.id, since.Format(time.RFC3339Nano))
		}
		return broken("L3", "%s, at the source since %s, is there, and a run marked it as deleted", f.id, since.Format(time.RFC3339Nano))
	}
	return nil
}

// walkBegan is when the first run began of the walk that a run went on with: the last
// that began before its first page came, which the checkpoint has, maybe in whole seconds.
func (t *trial) walkBegan() time.Time {
	first := t.ran.began
	for _, began := range t.world.seen.began {
		if later := first.Equal(t.ran.began) || began.After(first); later && began.Before(t.before.walked.Add(time.Second)) {
			first = began
		}
	}
	return first
}

// writtenMeanwhile reports whether another run has written the row since the
// walk began, when its record was at the source already.
func (t *trial) writtenMeanwhile(was row, walk, since time.Time) bool {
	synced, err := time.Parse(time.RFC3339Nano, plain(crm.TypeTimestamp, was.text("synced_at")))
	return err == nil && t.ran.resumed && !t.world.options.Atomic && synced.After(walk) && synced.After(since)
}

// A row is marked or deleted as warren.yaml says, and a mark names the run that
// set it and a time at which that ran.
func lawMarks(t *trial) error {
	for _, id := range t.before.ids() {
		if _, has := t.after.rows[id]; !has && t.ran.deletes != crm.DeletesHard {
			return broken("deletes", "the row of %s is deleted, and deletes are %s", id, t.ran.deletes)
		}
	}
	for _, id := range t.after.ids() {
		was, is := t.before.rows[id], t.after.rows[id]
		if was.marked() || !is.marked() {
			continue
		}
		if t.ran.deletes != crm.DeletesSoft {
			return broken("deletes", "%s is marked as deleted, and deletes are %s", id, t.ran.deletes)
		}
		if err := t.marked(id, was, is); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) marked(id string, was, is row) error {
	run, known := stored{}, false
	for _, r := range t.after.runs[len(t.before.runs):] {
		if strconv.FormatInt(r.id, 10) == is.text(deletedRun) {
			run, known = r, true
		}
	}
	at, err := time.Parse(time.RFC3339Nano, plain(crm.TypeTimestamp, is.text(deletedAt)))
	switch {
	case !known:
		return broken("deletes", "%s is said to be marked by run %s, which did not run", id, is.text(deletedRun))
	case was[deletedAt] != nil:
		if is.text(deletedAt) != was.text(deletedAt) && !t.backSince(id, was) {
			return broken("deletes", "%s was deleted at %s, and a run that missed it says %s", id, was.text(deletedAt), is.text(deletedAt))
		}
	case err != nil:
		return broken("deletes", "%s is marked, and the time is %q", id, is.text(deletedAt))
	case !t.world.options.Atomic && (at.Before(run.start) || !run.end.IsZero() && at.After(run.end)):
		return broken("deletes", "%s is marked at %s by run %d, which ran from %s to %s", id, at, run.id, run.start, run.end)
	}
	return nil
}

// backSince reports whether a record came back after the source said that it was gone.
func (t *trial) backSince(id string, was row) bool {
	gone, err := time.Parse(time.RFC3339Nano, plain(crm.TypeTimestamp, was.text(deletedAt)))
	return err == nil && t.world.company.listedSince(fact{id: id}).Add(t.world.settings.skew).After(gone)
}
