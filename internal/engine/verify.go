package engine

import (
	"context"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// compare puts into the batch the rows that are not what the source says,
// field by field, whatever their fingerprints. It is what a verify run does
// instead of asking what has changed.
func (r *run) compare(ctx context.Context, rows []crm.Row, versions []crm.Version, b *warehouse.Batch) error {
	var mapped []crm.Row
	var known []crm.Version
	var issues [][]crm.Issue
	for i := range rows {
		r.check.Compared++
		found, reject := r.preparer.mapped(&rows[i])
		if reject != nil {
			r.check.Held++
			b.Rejects = append(b.Rejects, *reject)
			continue
		}
		if slices.ContainsFunc(found, func(i crm.Issue) bool { return i.Effect == crm.EffectNulled }) {
			r.check.Nulled++
		}
		mapped, known, issues = append(mapped, rows[i]), append(known, versions[i]), append(issues, found)
	}
	differences, err := r.session.Compare(ctx, mapped)
	if err != nil {
		return err
	}
	held, err := r.held(ctx, mapped, known)
	if err != nil {
		return err
	}
	for i := range mapped {
		row := &mapped[i]
		kind, wrong := judge(row, &known[i], differences[i])
		switch {
		case !wrong:
			r.check.Right++
			b.Unchanged++
			continue
		case held[row.ID]:
			r.check.Held++
		default:
			f := crm.Finding{Kind: kind, RecordID: row.ID, Fields: differences[i]}
			f.Pending, f.Until = r.pending(row, &known[i])
			r.found(f)
			if f.Ahead() {
				b.Unchanged++
				continue
			}
		}
		if row.Repair = known[i].Known; held[row.ID] && r.job.Ask.DryRun {
			b.Rejects = append(b.Rejects, inQuarantine(row, r.preparer.now()))
			continue
		}
		b.Add(row, known[i], issues[i])
	}
	return nil
}

// judge says in what way a row is not what the source says.
func judge(row *crm.Row, known *crm.Version, differs []crm.FieldDifference) (kind crm.Difference, wrong bool) {
	switch {
	case !known.Known:
		return crm.Missing, true
	case known.Missing:
		return crm.Stale, true
	case len(differs) == 0:
		return "", false
	case row.Cursor.Valid && known.Cursor.Valid && row.Cursor.Int > known.Cursor.Int:
		return crm.Stale, true
	default:
		return crm.Different, true
	}
}

// held returns those of the rows that the table lacks because they are in the
// quarantine.
func (r *run) held(ctx context.Context, rows []crm.Row, known []crm.Version) (map[string]bool, error) {
	var ids []string
	for i := range rows {
		if !known[i].Known {
			ids = append(ids, rows[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return r.session.Held(ctx, ids)
}

func inQuarantine(row *crm.Row, now time.Time) crm.Reject {
	return crm.Reject{
		ID: row.ID, Raw: row.Raw, Code: crm.CodeRefusedValue, Cursor: row.Cursor, Fetched: now,
		Reason: "is in the quarantine since an earlier run",
	}
}

// found counts a finding; a verify run also tells of it.
func (r *run) found(f crm.Finding) {
	r.check.Note(f)
	if r.plan.mode == crm.ModeVerify {
		r.observe(crm.RowDiffers{ID: r.job.ID, Finding: f})
	}
}

// foundExtra counts n rows that the source does not have, and tells of those
// that were remembered. moved says that a sync wrote meanwhile.
func (r *run) foundExtra(ctx context.Context, rows []crm.Row, n int64, moved bool) error {
	versions := make([]crm.Version, len(rows))
	if err := r.session.Known(ctx, rows, versions); err != nil {
		return err
	}
	for i, row := range rows {
		// A sync may have brought it while the source was read.
		brought, _ := r.pending(&row, &versions[i])
		r.found(crm.Finding{Kind: crm.Extra, RecordID: row.ID, Pending: moved && brought})
	}
	r.check.Extra += n - int64(len(rows))
	return nil
}

// clockSlack is how far the source's clock may be ahead of this one for a time
// in a record to count as the time of a change, and not of an appointment.
const clockSlack = 15 * time.Minute

// pending reports whether the next run will put the row right anyway: it asks
// for the record, since one of its times lies between the watermark and now,
// and finds another version than the table has. A version that is older than the
// table's is waited for as long as a source may lag, and no longer: one that was
// restored from a backup stays older. until is when that ends, the zero time for any
// other row.
func (r *run) pending(row *crm.Row, known *crm.Version) (is bool, until time.Time) {
	from := r.watermark()
	if from.IsZero() || known.Known && !known.Missing && known.Hash == row.Hash {
		return false, time.Time{}
	}
	recent := func(v crm.Value) bool {
		return v.Valid && v.Type == crm.TypeTimestamp && !v.Time().Before(from) && v.Time().Before(r.preparer.now().Add(clockSlack))
	}
	if known.Known && !known.Missing && !row.Newer(known.Cursor) {
		// No run writes it over a newer version (L9). But a source that lags may
		// have shown that one, and will again.
		if recent(known.Cursor) {
			if until = known.Cursor.Time().Add(r.job.Ask.Overlap + 2*clockSlack); !until.Before(r.preparer.now()) {
				return true, until
			}
		}
		return false, time.Time{}
	}
	if recent(row.Cursor) || recent(known.Cursor) && !known.Missing {
		return true, time.Time{}
	}
	for i, v := range row.Values {
		// When a record was archived moves no time by which it can be asked for.
		if r.job.Stream.Fields[i].Column != r.job.Stream.Deleted && recent(v) {
			return true, time.Time{}
		}
	}
	return false, time.Time{}
}
