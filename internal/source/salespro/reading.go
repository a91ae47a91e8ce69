package salespro

import (
	"context"
	"fmt"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// A page is as many rows as are worth handing on at once.
const (
	pageRows  = 2000
	pageBytes = 4 << 20
)

// reading is one walk under way.
type reading struct {
	c      *connector
	stream crm.Stream
	req    crm.Request
	yield  func(crm.Page, error) bool

	query   *query
	at      token
	found   bool // the query was begun by an earlier run
	page    crm.Page
	buffer  []byte
	ends    []int // of the records in buffer
	skipped int   // rows without the key that makes them count
	left    bool  // nobody wants more
}

func (r *reading) read(ctx context.Context) (err error) {
	if r.query, err = r.c.query(ctx, r.stream, r.req); err != nil {
		return err
	}
	r.page.Notice = r.query.notice
	r.at, r.found = parseToken(r.req.Resume)
	for {
		x, err := r.execute(ctx)
		if err != nil {
			return err
		}
		r.page.SourceTime = x.Submitted
		begun, err := r.rows(ctx, x)
		if err == nil || begun || r.at.At.IsZero() {
			return err
		}
		// The result that an earlier run read from is gone: it is made once more.
		r.note(fmt.Sprintf("the result of the query %s cannot be read on, so the query is run anew: %v", x.ID, err))
		r.at = r.at.next()
	}
}

// note adds to what a person should know.
func (r *reading) note(text string) {
	if r.page.Notice != "" {
		text = r.page.Notice + "; " + text
	}
	r.page.Notice = text
}

// execute has the query run, or finds the one that runs already, and tries again
// where that can help.
func (r *reading) execute(ctx context.Context) (athena.Execution, error) {
	wait := firstWait
	for tries := 1; ; tries++ {
		x, err := r.attempt(ctx)
		if err == nil {
			return x, nil
		}
		stale := r.found && tries == 1 && (x.State == athena.Cancelled || crm.CodeOf(err) == crm.CodeSourceRefused && x.ID == "")
		if ctx.Err() != nil || tries == maxAttempts || !stale && (x.ID == "" || !crm.Retryable(err)) {
			return x, err
		}
		r.at = r.at.next()
		if stale {
			continue // it was stopped with the run that began it, or asked for other columns
		}
		r.c.observe(crm.RetryScheduled{Source: r.c.account, Attempt: tries, Wait: wait, Err: err})
		if err := r.c.clock.Wait(ctx, wait); err != nil {
			return x, err
		}
		wait *= 2
	}
}

// attempt is one query, from its start to its end.
func (r *reading) attempt(ctx context.Context) (athena.Execution, error) {
	text := r.query.text
	if r.c.results == resultsUnload {
		var err error
		if text, err = athena.Unload(text, r.place(), athena.JSON); err != nil {
			return athena.Execution{}, err
		}
	}
	id, err := r.c.client.Start(ctx, athena.Query{Text: text, Token: r.at.request()})
	if err != nil {
		return athena.Execution{}, err
	}
	most := r.req.MaxScan
	if most > 0 {
		most = max(most-r.page.Bill.Scanned, 1)
	}
	x, err := r.c.client.Await(ctx, id, most)
	x.ID = id
	r.page.Bill.Add(r.c.bill(x))
	r.page.Requests++
	return x, err
}

// place is the folder that UNLOAD writes into: each attempt its own, for it has to
// be empty.
func (r *reading) place() string { return r.c.unload + r.at.request() + "/" }

// source is a result, whichever way it is read.
type source interface {
	Next(ctx context.Context) bool
	Position() athena.Position
	Err() error
	Close() error
}

// rows hands on the rows of a result. begun is false while it has not yielded any.
func (r *reading) rows(ctx context.Context, x athena.Execution) (begun bool, err error) {
	from, add, err := r.open(ctx, x)
	if err != nil {
		return false, err
	}
	for from.Next(ctx) {
		if err := add(); err != nil {
			_ = from.Close() // the error at hand says more
			return begun, err
		}
		if len(r.ends) < pageRows && len(r.buffer) < pageBytes {
			continue
		}
		if begun = true; !r.send(from, false) {
			_ = from.Close()
			return true, nil
		}
	}
	if err := from.Err(); err != nil {
		_ = from.Close()
		return begun, err
	}
	if r.skipped > 0 {
		r.note(fmt.Sprintf("%d rows of %s have no %s and are left out", r.skipped, r.stream.Name, r.query.skipWithout))
	}
	if !r.send(from, true) {
		_ = from.Close()
		return true, nil
	}
	if err := from.Close(); err != nil {
		r.c.observe(crm.Notice{
			ID:      crm.StreamID{Source: r.c.account, Stream: r.stream.Name},
			Message: "the result files of the query " + x.ID + " could not be deleted: " + err.Error(),
			Fix:     "give the key the right s3:DeleteObject there, or set delete_results: false and let a lifecycle rule of the bucket do it",
		})
	}
	return true, nil
}

// open begins to read a result; add puts its present row into the page.
func (r *reading) open(ctx context.Context, x athena.Execution) (from source, add func() error, err error) {
	o := athena.Options{From: r.at.At, Delete: r.c.remove}
	if r.c.results == resultsUnload {
		rows, err := r.c.client.Unloaded(ctx, x, r.place(), o)
		if err != nil {
			return nil, nil, err
		}
		columns := make([]athena.Column, 0, len(r.query.columns)+1)
		for _, name := range r.query.columns {
			columns = append(columns, athena.Column{Name: name})
		}
		if r.query.copies(r.stream) {
			columns = append(columns, athena.Column{Name: copiesColumn})
		}
		w := r.writer(columns)
		cells := make([]athena.Cell, len(columns))
		return rows, func() error { return w.add(cellsOf(cells, columns, rows.Row())) }, nil
	}
	o.Mode = map[string]athena.Mode{resultsFile: athena.File, resultsPages: athena.Pages}[r.c.results]
	rows, err := r.c.client.Results(ctx, x, o)
	if err != nil {
		return nil, nil, err
	}
	if note := rows.Note(); note != "" {
		r.note(note)
	}
	w := r.writer(rows.Columns())
	return rows, func() error { return w.add(rows.Row()) }, nil
}

// send yields what was read.
func (r *reading) send(from source, last bool) bool {
	page := r.page
	page.Records = make([][]byte, 0, len(r.ends))
	at := 0
	for _, end := range r.ends {
		page.Records = append(page.Records, r.buffer[at:end:end])
		at = end
	}
	page.Bytes, page.Last = int64(len(r.buffer)), last
	page.Checkpoint = token{Query: r.at.Query, Attempt: r.at.Attempt, At: from.Position()}.String()
	r.page = crm.Page{SourceTime: page.SourceTime} // the rest was said
	r.buffer, r.ends = nil, r.ends[:0]
	r.left = !r.yield(page, nil)
	return !r.left
}
