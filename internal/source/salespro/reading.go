package salespro

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// A page is as many rows as are worth handing on at once.
const (
	pageRows  = 2000
	pageBytes = 4 << 20
)

// The bounds on attempts at a query that fails for a passing reason, each of which
// is paid for.
const (
	maxAttempts = 4
	maxPassed   = 100 // of earlier runs, which cost two calls each
	firstWait   = 2 * time.Second
)

// reading is one walk under way.
type reading struct {
	c      *connector
	stream crm.Stream
	req    crm.Request
	yield  func(crm.Page, error) bool

	query      *query
	at         token
	inherited  bool   // the walk was begun by an earlier run
	earlier    bool   // and so was the query
	checkpoint string // behind the last page
	page       crm.Page
	buffer     []byte
	ends       []int  // of the records in buffer
	spent      int64  // bytes that are on the bills of this run
	skipped    int    // rows without the key that makes them count
	last       []byte // the key of the row before, of a query that puts the newest first
	sent       bool   // rows were handed on
	left       bool   // nobody wants more
}

func (r *reading) read(ctx context.Context) (err error) {
	if r.query, err = r.c.query(ctx, r.stream, r.req); err != nil {
		return r.c.absent(ctx, r.stream, err)
	}
	r.note(strings.Join(r.query.notices, "; "))
	r.at, r.inherited, r.earlier = r.c.resume(r.req.Resume)
	r.checkpoint = r.at.String()
	for {
		x, err := r.execute(ctx)
		if err != nil {
			return r.c.absent(ctx, r.stream, err)
		}
		r.page.SourceTime = x.Submitted
		if r.pay(); r.left {
			return nil
		}
		if err = r.rows(ctx, x); err == nil || !r.again(ctx, x, err) {
			return err
		}
	}
}

// again decides what to do about the result of an earlier run's query that cannot be
// read, as long as nothing of it was handed on. One that only cannot be gone on with
// is read from its beginning; one that is gone, or another than it was, is made once
// more, which is paid for. All else may pass, and then another run goes on.
func (r *reading) again(ctx context.Context, x athena.Execution, err error) bool {
	if !r.earlier || r.sent || ctx.Err() != nil {
		return false
	}
	code := crm.CodeOf(err)
	gone := code == crm.CodeNotFound || code == crm.CodeBadAnswer || code == crm.CodeSourceRefused
	switch {
	case !r.at.At.IsZero() && (code == crm.CodeForbidden || code == crm.CodeInternal || code == crm.CodeSourceRefused):
		r.note(fmt.Sprintf("the result of the query %s cannot be read on, so it is read from its beginning: %v", x.ID, err))
		r.at.At, r.at.Last = athena.Position{}, ""
	case gone:
		r.note(fmt.Sprintf("the result of the query %s cannot be read on, so the query is run anew: %v", x.ID, err))
		r.at, r.earlier = r.at.next(), false
	default:
		return false
	}
	r.buffer, r.ends, r.skipped, r.page.Repeated = nil, r.ends[:0], 0, 0
	return true
}

// note adds to what a person should know.
func (r *reading) note(text string) {
	if r.page.Notice != "" && text != "" {
		text = r.page.Notice + "; " + text
	}
	if text != "" {
		r.page.Notice = text
	}
}

// execute has the query run, or finds the one that runs already, and tries again
// where that can help: only a query that has ended, for another beside one that may
// still run would be paid for as well.
func (r *reading) execute(ctx context.Context) (athena.Execution, error) {
	wait := firstWait
	for tries, passed := 1, 0; ; {
		x, err := r.attempt(ctx)
		if err == nil || ctx.Err() != nil {
			return x, err
		}
		if passed < maxPassed && r.stale(x, err) {
			passed++
			r.at, r.earlier = r.at.next(), false
			continue
		}
		if tries == maxAttempts || !x.Ended() || !crm.Retryable(err) {
			return x, err
		}
		tries++
		r.at, r.earlier = r.at.next(), false
		r.c.observe(crm.RetryScheduled{Source: r.c.account, Attempt: tries - 1, Wait: wait, Err: err})
		if err := r.c.clock.Wait(ctx, wait); err != nil {
			return x, err
		}
		wait *= 2
	}
}

// stale reports whether what became of a query is an earlier run's affair: it was
// stopped with that run, or failed for what may have been mended since, or was
// another query, for other columns. That run may have come to further attempts and
// died before it could say so; what ended before this run first looked is not this
// run's. A query that this run has stopped itself is.
func (r *reading) stale(x athena.Execution, err error) bool {
	switch {
	case !r.inherited:
		return false
	case errors.Is(err, athena.ErrOtherQuery):
		return true
	case x.State == athena.Cancelled && x.Looks == 1:
		return true
	default:
		return r.earlier && x.Ended() && x.Looks == 1
	}
}

// attempt is one query, from its start to its end.
func (r *reading) attempt(ctx context.Context) (athena.Execution, error) {
	text := r.query.text
	if r.query.unload {
		var err error
		if text, err = athena.Unload(text, r.place(), r.c.format()); err != nil {
			return athena.Execution{}, err
		}
	}
	id, err := r.c.client.Start(ctx, athena.Query{Text: text, Token: r.at.request()})
	if err != nil {
		return athena.Execution{}, err
	}
	most := r.req.MaxScan
	if most > 0 {
		most = max(most-r.spent, 1) + r.at.Scanned // of which an earlier run has paid the last part
	}
	x, err := r.c.client.Await(ctx, id, most)
	x.ID = id
	r.charge(x)
	return x, err
}

// charge puts a query on the bill, once: of one whose token says that it is paid, an
// earlier page or run has it. One that goes on although it was to be stopped is on the
// bill as far as it came, and the rest on that of whoever finds it again; so is all of
// one whose run was killed before it could say what it cost.
func (r *reading) charge(x athena.Execution) {
	r.page.Requests++
	if r.at.Paid {
		return
	}
	before := r.c.bill(r.at.Scanned)
	r.at.Paid, r.at.Scanned = x.Ended(), max(x.Scanned, r.at.Scanned)
	now := r.c.bill(r.at.Scanned)
	more := crm.Bill{Scanned: now.Scanned - before.Scanned, Dollars: now.Dollars - before.Dollars}
	if x.State == athena.Failed {
		more.Dollars = 0 // AWS charges for what was stopped, and not for what failed
	}
	r.page.Bill.Add(more)
	r.spent += more.Scanned
	r.page.Vain = x.Ended() && x.State != athena.Succeeded
	if r.checkpoint = r.at.String(); r.page.Vain {
		r.checkpoint = r.at.due().String()
	}
}

// pay hands on what was paid ahead of anything else, so that it is known whatever
// becomes of the result, with the checkpoint that says so.
func (r *reading) pay() {
	if r.page.Bill == (crm.Bill{}) {
		return
	}
	page := crm.Page{
		Bill: r.page.Bill, Vain: r.page.Vain, Requests: r.page.Requests, Notice: r.page.Notice, SourceTime: r.page.SourceTime, Checkpoint: r.checkpoint,
	}
	r.page = crm.Page{SourceTime: page.SourceTime, Repeated: r.page.Repeated}
	r.left = !r.yield(page, nil)
}

// place is the folder that UNLOAD writes into: each attempt its own, for it has to
// be empty.
func (r *reading) place() string { return r.c.unload + r.at.request() + "/" }
