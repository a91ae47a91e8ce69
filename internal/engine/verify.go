package engine

import (
	"context"
	"fmt"
	"iter"
	"math"
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
			f := crm.Finding{Kind: kind, RecordID: row.ID, Fields: differences[i], Pending: r.pending(row, &known[i])}
			r.found(f)
			if f.Pending && known[i].Known && !row.Newer(known[i].Cursor) {
				b.Unchanged++ // the source shows an older version than it did
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
		r.found(crm.Finding{Kind: crm.Extra, RecordID: row.ID, Pending: moved && r.pending(&row, &versions[i])})
	}
	r.check.Extra += n - int64(len(rows))
	return nil
}

// clockSlack is how far the source's clock may be ahead of this one for a time
// in a record to count as the time of a change, and not of an appointment.
const clockSlack = 15 * time.Minute

// pending reports whether the next run will put the row right anyway: it asks
// for the record, since one of its times lies between the watermark and now,
// and finds another version than the table has.
func (r *run) pending(row *crm.Row, known *crm.Version) bool {
	from := r.watermark()
	if from.IsZero() || known.Known && !known.Missing && known.Hash == row.Hash {
		return false
	}
	recent := func(v crm.Value) bool {
		return v.Valid && v.Type == crm.TypeTimestamp && !v.Time().Before(from) && v.Time().Before(r.preparer.now().Add(clockSlack))
	}
	if recent(row.Cursor) || recent(known.Cursor) && !known.Missing {
		return true
	}
	for _, v := range row.Values {
		if recent(v) {
			return true
		}
	}
	return false
}

// read yields the pages of the walk, or of the sample that a verify run was
// asked for.
func (r *run) read(ctx context.Context, req crm.Request) iter.Seq2[crm.Page, error] {
	if r.plan.mode == crm.ModeVerify && r.job.Ask.Sample > 0 {
		return r.samples(ctx)
	}
	return r.job.Connector.Read(ctx, r.job.Stream, req)
}

// sampleSize is how many records one call of a sample asks for.
const sampleSize = 25

func (r *run) samples(ctx context.Context) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		sampler, ok := r.job.Connector.(crm.Sampler)
		if !ok {
			yield(crm.Page{}, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: "this source cannot show a sample of its records",
				Fix: "leave out --sample: then all records are compared",
			})
			return
		}
		begin := r.started.UnixMilli()
		for n, want := int64(0), r.job.Ask.Sample; want > 0; n++ {
			page, err := sampler.Sample(ctx, r.job.Stream, min(want, sampleSize), spread(begin+n), r.session.State().Rows)
			want -= len(page.Records)
			empty := len(page.Records) == 0
			page.Last = err == nil && (want <= 0 || empty)
			if !yield(page, err) || err != nil || empty {
				return
			}
		}
	}
}

// spread returns a place between 0 and 1 for each number, so that the places of
// numbers that follow each other lie evenly, however many there are.
func spread(n int64) float64 {
	_, fraction := math.Modf(float64(n%(1<<32)) * (math.Sqrt(5) - 1) / 2)
	return fraction
}

// look reads a few records again when the run has ended, from another part of
// the stream each time, and compares them with their rows. What it finds is in
// the history; it never fails the run.
func (r *run) look(ctx context.Context) {
	sampler, ok := r.job.Connector.(crm.Sampler)
	if !ok || r.plan.sample == 0 {
		return
	}
	rows := r.session.State().Rows + r.counts.Created - r.counts.Deleted
	wrong := r.check.Wrong() // found by counting
	page, err := sampler.Sample(ctx, r.job.Stream, r.plan.sample, spread(r.session.RunID()), rows)
	if err == nil {
		r.check.Calls = int64(page.Requests)
		err = r.compareSample(ctx, page)
	}
	if err != nil {
		r.check.Failed = err.Error()
		return
	}
	if r.check.Wrong() > wrong {
		r.inconsistent(fmt.Sprintf("of %d records read again at the end of the run, %d are not in the warehouse as the source has them: %s",
			r.check.Compared, r.check.Missing+r.check.Stale+r.check.Different, r.check.First))
	}
}

// inconsistent notes that the warehouse is not what the source says, for a
// reason that no sync mends: the run is complete, and says so.
func (r *run) inconsistent(message string) {
	e := &crm.Error{
		Code: crm.CodeInconsistent, Origin: crm.OriginWarehouse, Message: message,
		Fix: "run warren verify " + r.job.ID.String() + " to see what differs, and with --repair to mend it",
	}
	r.observe(crm.Notice{ID: r.job.ID, Message: e.Message, Fix: e.Fix})
	if r.remark == nil {
		r.remark = e
	}
}

func (r *run) compareSample(ctx context.Context, page crm.Page) error {
	var rows []crm.Row
	for _, raw := range page.Records {
		var row crm.Row
		if r.processor.Identify(raw, &row) == nil {
			rows = append(rows, row)
		}
	}
	versions := make([]crm.Version, len(rows))
	if len(rows) == 0 {
		return nil
	}
	if err := r.session.Known(ctx, rows, versions); err != nil {
		return err
	}
	return r.compare(ctx, rows, versions, &warehouse.Batch{})
}
