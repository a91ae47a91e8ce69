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

// maxBatchBytes ends a batch early when its records are large (L11): four or five batches
// are in memory at a time, and beyond that more rows in one transaction save no time.
const maxBatchBytes = 2 << 20

// future is how far beyond the source's clock a modification time may lie and
// still be believed. A time that never comes would keep out every later
// version of its record (L9).
const future = 24 * time.Hour

// preparer makes batches of records: the second of the stages that overlap. It looks
// up what the warehouse has of a group of records while it reads the next group, and maps
// only what differs (L10).
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

	group  *group // that is being read
	looked *group // the one before, which is being looked up; nil once it was taken
	spare  *group // the one that is read next
	batch  *warehouse.Batch
	lately *lately

	begun   time.Time // when a walk was begun whose token is Starter's; zero for any other
	start   time.Time // the source's clock when the walk began
	seen    time.Time // greatest modification time up to the batch at hand
	saved   string    // the token that the last batch carried
	fetched int64
	outside int64

	billed crm.Bill // as the last batch said

	place
}

func newPreparer(r *run, now func() time.Time) *preparer {
	p := &preparer{
		stream: &r.job.Stream, basis: r.basis, plan: &r.plan, processor: r.processor, session: r.session,
		size: r.job.Ask.BatchSize, now: now, deletes: r.job.Deletes.How, batch: &warehouse.Batch{},
		group: &group{index: map[string]int{}}, spare: &group{index: map[string]int{}},
		lately: newLately(r.session.Ahead()),
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

// add puts a record into the group. It reports whether the group is full.
func (p *preparer) add(raw []byte) (full bool) {
	g := p.group
	g.bytes += len(raw)
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
		g.seen = seen.Append(g.seen, row.ID)
	}
	if i, twice := g.index[row.ID]; twice {
		g.duplicates++
		if row.Newer(g.rows[i].Cursor) {
			g.rows[i] = row
		}
		return false
	}
	g.index[row.ID] = len(g.rows)
	g.rows = append(g.rows, row)
	return p.full()
}

// reject puts what is no record into the group. It reports whether the group is full.
func (p *preparer) reject(reject crm.Reject) (full bool) {
	p.fetched++
	p.unproved = "a record came without a primary key, and any row could be its own"
	reject.Fetched = p.now()
	p.group.rejects = append(p.group.rejects, reject)
	return p.full()
}

func (p *preparer) full() bool {
	return len(p.group.rows)+len(p.group.rejects) >= p.size || p.group.bytes >= maxBatchBytes
}

// endPage notes that a page went in whole. A stage is of one run, and so is a walk
// that fills it; what was paid for and not yet read is of any run.
func (p *preparer) endPage(page crm.Page) {
	if page.Seen.After(p.group.latest) {
		p.group.latest = page.Seen
	}
	for _, raw := range page.Gone {
		var row crm.Row
		if p.processor.Identify(raw, &row) == nil {
			p.group.gone = append(p.group.gone, row)
		}
	}
	if !p.plan.stage || !p.begun.IsZero() && !p.hasRead() {
		p.token = page.Checkpoint
	}
}

// flush makes a batch of the group that was looked up, and has the one that was read
// looked up from here on. It returns nil where there is nothing worth a transaction yet.
func (p *preparer) flush(ctx context.Context) (*warehouse.Batch, error) {
	b, err := p.take(ctx, false)
	if err != nil {
		return nil, err
	}
	p.group.place, p.group.read = p.place, p.hasRead()
	p.looked, p.group, p.spare = p.group, p.spare, nil
	p.looked.look(ctx, p.session)
	return b, nil
}

// known is closed when a group can be taken without waiting; nil where there is none.
func (p *preparer) known() <-chan struct{} {
	if p.looked == nil {
		return nil
	}
	return p.looked.known
}

// rest waits for what is under way.
func (p *preparer) rest() {
	if p.looked != nil {
		<-p.looked.known
	}
}

// take makes a batch of the group that was looked up, once that is done. It returns nil
// where there is nothing worth a transaction yet; with final it holds nothing back.
func (p *preparer) take(ctx context.Context, final bool) (*warehouse.Batch, error) {
	g := p.looked
	if g == nil {
		return nil, nil
	}
	<-g.known
	if g.err != nil {
		return nil, g.err
	}
	b := p.batch
	b.Duplicates += g.duplicates
	b.Rejects = append(b.Rejects, g.rejects...)
	b.Seen = append(b.Seen, g.seen...)
	if err := p.sift(ctx, g, b); err != nil {
		return nil, err
	}
	if err := p.siftGone(ctx, g, b); err != nil {
		return nil, err
	}
	p.looked, p.spare = nil, g.empty()
	b.Requests, b.Bill = g.requests, g.bill
	if p.plan.checkpoints && g.token != p.saved {
		b.Checkpoint = p.checkpoint(g.place, g.read)
		p.saved = g.token
	}
	nothing := len(b.Rows) == 0 && len(b.Rejects) == 0 && len(b.Gone) == 0
	owing := final && g.bill != p.billed // what was paid for nothing is kept as well, with the checkpoint that says so
	if nothing && !owing && (!final && b.Unchanged+b.Duplicates < unchangedAtOnce || b.Fetched() == 0) {
		return nil, nil
	}
	p.batch, p.billed = &warehouse.Batch{}, g.bill
	p.lately.sent(b)
	return b, nil
}

// checkpoint is where another run can go on. Of a walk that failed before its first
// record nothing was read yet: it is as old as its beginning.
func (p *preparer) checkpoint(at place, read bool) *crm.Checkpoint {
	c := &crm.Checkpoint{
		Token: at.token, Mode: p.plan.mode, Since: p.plan.since, Start: p.start, Seen: p.seen, Saved: p.now(), Basis: p.basis, Walk: p.walk,
		Unproved: at.unproved,
	}
	if !p.begun.IsZero() && !read {
		c.Fresh, c.Saved = true, p.begun
		c.Paid = at.paid
	}
	return c
}

// siftGone puts into the batch the rows whose records are no more, as far as the
// table has them, or may have them by then, and no later record of the batch is one of
// them.
func (p *preparer) siftGone(ctx context.Context, g *group, b *warehouse.Batch) error {
	if len(g.gone) == 0 || p.deletes == crm.DeletesOff || p.compare != nil {
		return nil
	}
	versions := make([]crm.Version, len(g.gone))
	if err := p.session.Known(ctx, g.gone, versions); err != nil {
		return err
	}
	for i, row := range g.gone {
		_, shown := g.index[row.ID]
		if has := versions[i].Known && !versions[i].Missing || p.lately.has(row.ID); has && !shown {
			b.Gone = append(b.Gone, row)
		}
	}
	b.Hard = p.deletes == crm.DeletesHard
	return nil
}

// sift puts into the batch what differs from what the warehouse has.
func (p *preparer) sift(ctx context.Context, g *group, b *warehouse.Batch) error {
	p.see(crm.TimestampValue(g.latest))
	for i := range g.rows {
		p.see(g.rows[i].Cursor)
	}
	if p.compare != nil {
		return p.compare(ctx, g.rows, g.versions, b)
	}
	for i := range g.rows {
		row, known := &g.rows[i], &g.versions[i]
		if known.Current(row) && !p.lately.has(row.ID) || p.plan.mode == crm.ModeReplay && known.Missing {
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
		if len(b.Rows) == 0 {
			b.Reserve(len(g.rows) - i)
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
