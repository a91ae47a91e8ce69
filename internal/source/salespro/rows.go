package salespro

import (
	"context"
	"fmt"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// source is a result, whichever way it is read.
type source interface {
	Next(ctx context.Context) bool
	Position() athena.Position
	Err() error
	Close() error
}

// rows hands on the rows of a result.
func (r *reading) rows(ctx context.Context, x athena.Execution) error {
	from, add, err := r.open(ctx, x)
	if err != nil {
		return err
	}
	r.last = []byte(r.at.Last)
	if err := r.walk(ctx, from, add); err != nil || r.left {
		_ = from.Close() // what went wrong before says more
		return err
	}
	if err := from.Close(); err != nil {
		r.c.observe(crm.Notice{
			ID:      crm.StreamID{Source: r.c.account, Stream: r.stream.Name},
			Message: "the result files of the query " + x.ID + " could not be deleted: " + err.Error(),
			Fix:     "give the key the right s3:DeleteObject there, or set delete_results: false and let a lifecycle rule of the bucket do it",
		})
	}
	return nil
}

// walk hands on what is there until nothing is left of it or nobody wants more.
func (r *reading) walk(ctx context.Context, from source, add func() error) error {
	for from.Next(ctx) {
		if err := add(); err != nil {
			return err
		}
		if r.full() {
			r.send(r.behind(from), false)
		}
		if r.left {
			return nil
		}
	}
	if err := from.Err(); err != nil {
		return err
	}
	if r.skipped > 0 {
		r.note(fmt.Sprintf("%d rows of %s have no %s and are left out", r.skipped, r.stream.Name, r.query.key))
	}
	r.send(r.behind(from), true)
	return nil
}

// open begins to read a result; add puts its present row into the page.
func (r *reading) open(ctx context.Context, x athena.Execution) (from source, add func() error, err error) {
	o := athena.Options{From: r.at.At, Delete: r.c.remove}
	switch {
	case r.query.unload && r.c.results == resultsParquet:
		return r.openParquet(ctx, x, o)
	case r.query.unload:
		return r.openUnloaded(ctx, x, o)
	case r.c.results == resultsFile:
		o.Mode = athena.File
	case r.c.results == resultsPages:
		o.Mode = athena.Pages
	}
	rows, err := r.c.client.Results(ctx, x, o)
	if err != nil {
		return nil, nil, err
	}
	r.note(rows.Note())
	w := r.writer(rows.Columns())
	return rows, func() error { return w.add(rows.Row()) }, nil
}

func (r *reading) openUnloaded(ctx context.Context, x athena.Execution, o athena.Options) (source, func() error, error) {
	rows, err := r.c.client.Unloaded(ctx, x, r.place(), o)
	if err != nil {
		return nil, nil, err
	}
	columns := make([]athena.Column, 0, len(r.query.columns)+1)
	for _, name := range r.query.names() {
		columns = append(columns, athena.Column{Name: name})
	}
	w, u := r.writer(columns), newUnloaded(columns)
	return rows, func() error {
		cells, err := u.cellsOf(rows.Row())
		if err != nil {
			return err
		}
		return w.add(cells)
	}, nil
}

func (r *reading) openParquet(ctx context.Context, x athena.Execution, o athena.Options) (source, func() error, error) {
	rows, err := r.c.client.UnloadedParquet(ctx, x, r.place(), r.query.names(), o)
	if err != nil {
		return nil, nil, err
	}
	w := r.writer(rows.Columns())
	return rows, func() error { return w.add(rows.Row()) }, nil
}

func (r *reading) full() bool {
	rows := pageRows
	if r.req.PageSize > 0 {
		rows = min(rows, r.req.PageSize)
	}
	return len(r.ends) >= rows || len(r.buffer) >= pageBytes
}

// behind is the checkpoint behind the row that was read last.
func (r *reading) behind(from source) string {
	return token{Query: r.at.Query, Attempt: r.at.Attempt, At: from.Position(), Last: string(r.last)}.String()
}

// send yields what was read.
func (r *reading) send(checkpoint string, last bool) {
	page := r.page
	page.Records = make([][]byte, 0, len(r.ends))
	at := 0
	for _, end := range r.ends {
		page.Records = append(page.Records, r.buffer[at:end:end])
		at = end
	}
	page.Bytes, page.Last, page.Checkpoint = int64(len(r.buffer)), last, checkpoint
	r.checkpoint, r.sent = checkpoint, true
	r.page = crm.Page{SourceTime: page.SourceTime} // the rest was said
	r.buffer, r.ends = make([]byte, 0, len(r.buffer)+len(r.buffer)/8), r.ends[:0]
	r.left = !r.yield(page, nil)
}
