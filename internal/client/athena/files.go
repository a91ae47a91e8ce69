package athena

import (
	"context"
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/client/parquet"
	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// files walks through the files that an UNLOAD wrote, one after the other. What
// reads them embeds it. It is for one goroutine.
type files struct {
	client *Client
	life   *life
	query  string
	list   []place
	remove []place

	at    int    // the present file
	etag  string // of it
	rows  int    // of it that were read
	skip  int    // of it that were read before
	err   error
	ended bool
}

// Position returns where the reading stands, behind the last row.
func (f *files) Position() Position {
	p := Position{Query: f.query, File: f.at}
	if read := max(f.rows, f.skip); read > 0 && f.at < len(f.list) {
		p.Object, p.ETag, p.Lines = f.list[f.at].String(), f.etag, read
	}
	return p
}

// Err returns a *crm.Error, or nil when all files were read to their end.
func (f *files) Err() error { return f.err }

// step has next read a row, unless the reading is over; read is false where it did
// not.
func (f *files) step(ctx context.Context, next func() (read bool, err error)) (read bool) {
	if f.err != nil || f.ended {
		return false
	}
	if ctx.Err() != nil {
		f.err = cancelled(ctx)
		return false
	}
	f.life.follow(ctx)
	read, f.err = next()
	f.ended = !read && f.err == nil
	return read
}

// turn goes to the next file. The present one, read to its end, must have had what
// was read of it before (L3).
func (f *files) turn(what string) error {
	if f.rows < f.skip {
		return f.client.badResult(f.query, fmt.Sprintf("%s has %s where %d were read before", f.list[f.at], words.Count(f.rows, what), f.skip))
	}
	f.at++
	f.etag, f.skip, f.rows = "", 0, 0
	return nil
}

// over ends the reading, and deletes the files where they are to be and were read to
// their end.
func (f *files) over() error {
	ctx := context.WithoutCancel(f.life.ctx)
	f.life.over()
	places := f.remove
	f.remove = nil
	if !f.ended {
		return nil
	}
	return f.client.remove(ctx, places)
}

// resume checks that the files are still those of the position.
func (f *files) resume(from Position) error {
	f.at = from.File
	if from.Object == "" {
		return nil
	}
	if from.File >= len(f.list) || f.list[from.File].String() != from.Object {
		return &crm.Error{
			Code:    crm.CodeBadAnswer,
			Origin:  crm.OriginSource,
			Message: "the files of the query " + f.query + " are no longer those that were being read",
			Fix:     "Run it again, which asks Athena anew.",
		}
	}
	f.etag, f.skip = from.ETag, from.Lines
	return nil
}

// readError explains that a file could not be read: what the connection said,
// or what is wrong with the file itself.
func (c *Client) readError(query, what string, err error) error {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e
	}
	e := c.badResult(query, what)
	if errors.Is(err, errLong) || errors.Is(err, parquet.ErrTooLarge) {
		e.Code, e.Fix = crm.CodeTooLarge, "Leave the column out that is so long."
	}
	e.Err = err
	return e
}
