package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

// remembered bounds how many absent rows are kept between counting them and
// marking them (L11); where there are more, the table is read a second time.
const remembered = 10_000

// sweep deals with the rows that a complete walk did not show: their records
// are gone from the source. It counts them first, and takes none when they are
// more than one run may take.
func (r *run) sweep(ctx context.Context) error {
	if !r.plan.sweep {
		return r.swap(ctx, 0)
	}
	var absent []crm.Row
	var n int64
	before := r.counts.Deleted // of records of which the source itself said so
	counted, err := r.session.Absent(ctx, r.preparer.walk, func() { absent, n = absent[:0], 0 }, func(row crm.Row) error {
		if n++; n <= remembered {
			absent = append(absent, row.Kept())
		}
		return nil
	})
	if err != nil {
		return r.refuse(err)
	}
	r.check.Rows = counted.Rows
	r.rows = &r.check.Rows
	if r.preparer.unproved != "" && n > 0 {
		r.check.Unlooked = r.preparer.unproved
		return r.refuse(r.unproved())
	}
	if counted.Shown == 0 && (r.preparer.fetched > 0 || r.plan.resume != nil) {
		return r.refuse(r.shownNothing())
	}
	lacking := counted.Shown - (counted.Rows - n)
	if absent, n, err = r.asked(ctx, absent, n); err != nil {
		return err
	}
	if r.plan.mode == crm.ModeVerify {
		if err := r.foundExtra(ctx, absent, n, counted.Moved); err != nil {
			return err
		}
	}
	if r.plan.stage {
		if after := counted.Rows - n + r.staged; counted.Rows-after > r.job.Deletes.Allowed(counted.Rows) {
			return r.refuse(r.tooMany(counted.Rows-after, counted.Rows))
		}
		return r.swap(ctx, r.preparer.walk)
	}
	r.compareCounts(lacking)
	if r.job.Deletes.How == crm.DeletesOff { // verify looks all the same
		return r.refuse(r.leftAlone(n))
	}
	if allowed := r.job.Deletes.Allowed(counted.Rows); n > allowed {
		return r.refuse(r.tooMany(n, counted.Rows))
	}
	if n > remembered {
		again := func() {} // what was deleted is absent no more
		err = r.eachAbsent(ctx, again, func(gone []crm.Row) error { return r.delete(ctx, gone) })
	} else {
		err = r.delete(ctx, absent)
	}
	if err != nil {
		return r.refuse(err)
	}
	if !r.job.Ask.DryRun {
		r.check.Rows -= r.counts.Deleted - before
	}
	return nil
}

// compareCounts upholds L3 once more, by counting: every record that was shown
// is in the table, or failed. lacking is how many are not in the table. What
// failed before a walk was gone on with is not known here.
func (r *run) compareCounts(lacking int64) {
	if lost := lacking - r.counts.Failed; lost > 0 && r.plan.resume == nil && r.plan.mode == crm.ModeFull && !r.job.Ask.DryRun {
		r.check.Missing += lost
		r.inconsistent(fmt.Sprintf("the source showed %d records that are neither in the table nor in the quarantine", lost))
	}
}

// eachAbsent reads the table once more, and hands on the rows whose records are gone as
// it goes. A lost connection is waited out, and then begin is called and all starts anew.
func (r *run) eachAbsent(ctx context.Context, begin func(), each func(gone []crm.Row) error) error {
	var rows []crm.Row
	some := func() error {
		gone, err := r.confirmed(ctx, rows)
		if err != nil {
			return err
		}
		return each(gone)
	}
	_, err := r.session.Absent(ctx, r.preparer.walk, func() { rows = rows[:0]; begin() }, func(row crm.Row) error {
		rows = append(rows, row.Kept())
		if len(rows) < remembered {
			return nil
		}
		err := some()
		rows = rows[:0]
		return err
	})
	if err != nil {
		return err
	}
	return some()
}

// delete marks or deletes rows, a batch at a time.
func (r *run) delete(ctx context.Context, rows []crm.Row) error {
	for len(rows) > 0 {
		batch := rows[:min(len(rows), r.job.Ask.BatchSize)]
		rows = rows[len(batch):]
		if err := r.touchTable(ctx); err != nil {
			return err
		}
		w, err := r.session.Delete(ctx, batch, r.job.Deletes.How == crm.DeletesHard)
		if err != nil {
			return err
		}
		r.counts.Add(w.Counts)
		r.observe(crm.BatchWritten{ID: r.job.ID, Counts: w.Counts})
	}
	return nil
}

// again is the flag that makes a run sweep once more.
func (r *run) again() string {
	if r.plan.mode == crm.ModeVerify {
		return "--repair"
	}
	return "--full"
}

// none says that no row that is gone from the source was touched.
func (r *run) none() string {
	text := "none was "
	if r.job.Ask.DryRun {
		text = "none would be "
	}
	if r.job.Deletes.How == crm.DeletesHard {
		return text + "deleted"
	}
	return text + "marked as deleted"
}

// unproved is why rows whose records are gone cannot be told from the others.
func (r *run) unproved() error {
	fix := "mend that at the source (warren quarantine list shows records without a primary key) and run once more with " + r.again()
	if r.plan.mode == crm.ModeFull {
		fix += "; or set deletes: off for the stream in warren.yaml"
	}
	return &crm.Error{
		Code: crm.CodeDeletesRefused, Origin: crm.OriginSource,
		Message: r.preparer.unproved + ", so no row is held to be deleted for not being shown", Fix: fix,
	}
}

// leftAlone is what a repair says that may not delete; nil where it has nothing
// to say.
func (r *run) leftAlone(n int64) error {
	if n == 0 || r.job.Ask.DryRun {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeInconsistent, Origin: crm.OriginConfig,
		Message: fmt.Sprintf("%d rows have no record at the source, and are left as they are, since deletes are off", n),
		Fix:     "set deletes: soft or hard for the stream in warren.yaml, or delete them",
	}
}

// shownNothing is why a walk of which no record is remembered, although it had
// some, is no ground for deletes, however many are allowed.
func (r *run) shownNothing() error {
	return &crm.Error{
		Code: crm.CodeDeletesRefused, Origin: crm.OriginWarehouse,
		Message: "records were read, but none of them is remembered in warren_seen, so that every row would seem to be gone from the source; " + r.none(),
		Fix:     "look whether something deletes from the table warren_seen, then run once more with " + r.again(),
	}
}

func (r *run) tooMany(n, rows int64) error {
	return &crm.Error{
		Code: crm.CodeDeletesRefused, Origin: crm.OriginSource,
		Message: fmt.Sprintf("%d of %d rows are gone from the source, more than the %g%% that one run may take; %s",
			n, rows, 100*r.job.Deletes.Limit, r.none()),
		Fix: "look whether the source shows all there is (the right account, the rights of the token); if the records are really gone, " +
			"run once more with " + r.again() + fmt.Sprintf(" --delete-limit %d%%", crm.PercentToTake(n, rows)),
	}
}

// refuse notes an error that concerns nothing but the rows that are gone: the
// run is complete without them, and says so. Any other error is returned.
func (r *run) refuse(err error) error {
	var e *crm.Error
	switch {
	case !errors.As(err, &e):
		return err
	case r.plan.stage: // without the deletes there is no swap, and so nothing was written
		return err
	case e.Code == crm.CodeDeletesRefused, e.Code == crm.CodeInconsistent:
		r.remark = e
	case e.Code == crm.CodeRefusedValue:
		r.remark = &crm.Error{
			Code: crm.CodeDeletesRefused, Origin: crm.OriginWarehouse, Err: err,
			Message: "the database keeps rows that are gone from the source from being deleted",
			Fix:     "set deletes: soft for the stream in warren.yaml, or drop the constraint that refers to its rows",
		}
	default:
		return err
	}
	r.observe(crm.Notice{ID: r.job.ID, Message: r.remark.Error(), Fix: r.remark.Fix})
	return nil
}
