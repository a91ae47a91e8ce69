package engine

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// unchangedAtOnce is how many unchanged records may pass before the run's
// counts and checkpoint are saved although there is nothing to write.
const unchangedAtOnce = 10_000

// maxBatchBytes ends a batch early when its records are large (L11).
const maxBatchBytes = 8 << 20

// future is how far beyond the source's clock a modification time may lie and
// still be believed. A time that never comes would keep out every later
// version of its record (L9).
const future = 24 * time.Hour

// preparer makes batches of records: the second of the three stages that
// overlap. It looks up what the warehouse has and maps only what differs
// (L10).
type preparer struct {
	stream    *crm.Stream
	basis     crm.Basis
	plan      *plan
	processor *processor.Processor
	session   Session
	size      int
	now       func() time.Time
	deletes   crm.Deletes
	walk      int64                                                                   // the run that began the walk, where the walk can prove what is gone; else 0
	compare   func(context.Context, []crm.Row, []crm.Version, *warehouse.Batch) error // what verify does with a batch; nil for any other run

	rows  []crm.Row
	gone  []crm.Row      // records of which the source says that they are no more
	bytes int            // of what is in the batch
	index map[string]int // positions in rows by record id
	batch *warehouse.Batch

	begun   time.Time // when a walk was begun whose token is Starter's; zero for any other
	start   time.Time // the source's clock when the walk began
	seen    time.Time // greatest modification time up to the batch at hand
	token   string    // behind the last page that went in whole
	saved   string    // the token that the last batch carried
	fetched int64
	outside int64

	requests int64    // answers that the pages so far were made of
	bill     crm.Bill // what the source charges for them
	billed   crm.Bill // as the last batch said
	paid     bool     // what is still to be read is paid for

	unproved string // why a record that was not shown may still be at the source; "" when it is gone
}

func newPreparer(r *run, now func() time.Time) *preparer {
	p := &preparer{
		stream: &r.job.Stream, basis: r.basis, plan: &r.plan, processor: r.processor, session: r.session,
		size: r.job.Ask.BatchSize, now: now, deletes: r.job.Deletes.How, index: map[string]int{}, batch: &warehouse.Batch{},
	}
	p.requests = int64(r.job.Stream.Asked)
	if r.plan.sweep {
		p.walk = r.session.RunID()
	}
	switch resume := r.plan.resume; {
	case resume == nil:
	case resume.Fresh: // everything is still to be read
		p.begun, p.walk, p.paid = resume.Saved, resume.Walk, resume.Paid
	default:
		p.start, p.seen, p.unproved, p.walk = resume.Start, resume.Seen, resume.Unproved, resume.Walk
	}
	if r.plan.mode == crm.ModeVerify {
		p.compare = r.compare
	}
	return p
}

// begin notes the source's clock at the first page of the walk.
func (p *preparer) begin(page crm.Page, local time.Time) {
	p.requests += int64(page.Requests)
	p.bill.Add(page.Bill)
	if page.Bill != (crm.Bill{}) {
		p.paid = !page.Vain
	}
	if page.Unsure != "" {
		p.unproved = page.Unsure
	}
	if p.start.IsZero() {
		if p.start = page.SourceTime; p.start.IsZero() {
			p.start = local
		}
	}
	p.processor.Latest(p.start.Add(future))
}

// add puts a record into the batch. It reports whether the batch is full.
func (p *preparer) add(raw []byte) (full bool) {
	p.bytes += len(raw)
	var row crm.Row
	if reject := p.processor.Identify(raw, &row); reject != nil {
		return p.reject(*reject)
	}
	if !p.plan.within(p.stream, row.Cursor) {
		p.outside++
		return false
	}
	p.fetched++
	if p.plan.remember {
		p.batch.Seen = seen.Append(p.batch.Seen, row.ID)
	}
	if i, twice := p.index[row.ID]; twice {
		p.batch.Duplicates++
		if row.Newer(p.rows[i].Cursor) {
			p.rows[i] = row
		}
		return false
	}
	p.index[row.ID] = len(p.rows)
	p.rows = append(p.rows, row)
	return p.full()
}

// reject puts what is no record into the batch. It reports whether the batch is full.
func (p *preparer) reject(reject crm.Reject) (full bool) {
	p.fetched++
	p.unproved = "a record came without a primary key, and any row could be its own"
	reject.Fetched = p.now()
	p.batch.Rejects = append(p.batch.Rejects, reject)
	return p.full()
}

func (p *preparer) full() bool {
	return len(p.rows)+len(p.batch.Rejects) >= p.size || p.bytes >= maxBatchBytes
}

// endPage notes that a page went in whole. A stage is of one run, and so is a walk
// that fills it; what was paid for and not yet read is of any run.
func (p *preparer) endPage(page crm.Page) {
	if !page.Seen.IsZero() {
		p.see(crm.TimestampValue(page.Seen))
	}
	for _, raw := range page.Gone {
		var row crm.Row
		if p.processor.Identify(raw, &row) == nil {
			p.gone = append(p.gone, row)
		}
	}
	if !p.plan.stage || !p.begun.IsZero() && !p.hasRead() {
		p.token = page.Checkpoint
	}
}

// flush looks up and maps what was added and returns the batch to write. It
// returns nil where there is nothing worth a transaction yet; with final it
// holds nothing back.
func (p *preparer) flush(ctx context.Context, final bool) (*warehouse.Batch, error) {
	versions := make([]crm.Version, len(p.rows))
	if len(p.rows) > 0 {
		if err := p.session.Known(ctx, p.rows, versions); err != nil {
			return nil, err
		}
	}
	b := p.batch
	if err := p.sift(ctx, versions, b); err != nil {
		return nil, err
	}
	if err := p.siftGone(ctx, b); err != nil {
		return nil, err
	}
	p.rows, p.bytes = p.rows[:0], 0
	clear(p.index)

	b.Requests, b.Bill = p.requests, p.bill
	if p.plan.checkpoints && p.token != p.saved {
		b.Checkpoint = p.checkpoint()
		p.saved = p.token
	}
	nothing := len(b.Rows) == 0 && len(b.Rejects) == 0 && len(b.Gone) == 0
	owing := final && p.bill != p.billed // what was paid for nothing is kept as well, with the checkpoint that says so
	if nothing && !owing && (!final && b.Unchanged+b.Duplicates < unchangedAtOnce || b.Fetched() == 0) {
		return nil, nil
	}
	p.batch, p.billed = &warehouse.Batch{}, p.bill
	return b, nil
}

// checkpoint is where another run can go on. Of a walk that failed before its first
// record nothing was read yet: it is as old as its beginning.
func (p *preparer) checkpoint() *crm.Checkpoint {
	c := &crm.Checkpoint{
		Token: p.token, Mode: p.plan.mode, Since: p.plan.since, Start: p.start, Seen: p.seen, Saved: p.now(), Basis: p.basis, Walk: p.walk,
		Unproved: p.unproved,
	}
	if !p.begun.IsZero() && !p.hasRead() {
		c.Fresh, c.Saved = true, p.begun
		c.Paid = p.paid
	}
	return c
}

// siftGone puts into the batch the rows whose records are no more, as far as the
// table has them and no later record of the batch is one of them.
func (p *preparer) siftGone(ctx context.Context, b *warehouse.Batch) error {
	if len(p.gone) == 0 || p.deletes == crm.DeletesOff || p.compare != nil {
		p.gone = p.gone[:0]
		return nil
	}
	versions := make([]crm.Version, len(p.gone))
	if err := p.session.Known(ctx, p.gone, versions); err != nil {
		return err
	}
	for i, row := range p.gone {
		if _, shown := p.index[row.ID]; versions[i].Known && !versions[i].Missing && !shown {
			b.Gone = append(b.Gone, row)
		}
	}
	b.Hard = p.deletes == crm.DeletesHard
	p.gone = p.gone[:0]
	return nil
}

// sift puts into the batch what differs from what the warehouse has.
func (p *preparer) sift(ctx context.Context, versions []crm.Version, b *warehouse.Batch) error {
	for i := range p.rows {
		p.see(p.rows[i].Cursor)
	}
	if p.compare != nil {
		return p.compare(ctx, p.rows, versions, b)
	}
	for i := range p.rows {
		row, known := &p.rows[i], &versions[i]
		if known.Current(row) || p.plan.mode == crm.ModeReplay && known.Missing {
			b.Unchanged++ // a record in the quarantine is no proof that the source has it again
			continue
		}
		issues, reject := p.mapped(row)
		if reject != nil && reject.Freeze {
			return frozen(reject)
		}
		if reject != nil {
			b.Rejects = append(b.Rejects, *reject)
			continue
		}
		b.Add(row, *known, issues)
	}
	return nil
}

// mapped fills in the values of a row, as the table can hold them.
func (p *preparer) mapped(row *crm.Row) ([]crm.Issue, *crm.Reject) {
	issues, reject := p.processor.Map(row, nil)
	if reject != nil {
		reject.Fetched = p.now()
		return nil, reject
	}
	return append(issues, p.session.Fit(row)...), nil
}

func (p *preparer) see(cursor crm.Value) {
	if cursor.Valid {
		if t := cursor.Time(); t.After(p.seen) {
			p.seen = t
		}
	}
}
