package athena

import (
	"context"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// Cell is one value of a row: a text, or NULL.
type Cell = csv.Cell

// Mode is the way in which a result is read.
type Mode int

// The ways. Auto takes the file, and the pages where there is none or S3 is
// closed.
const (
	Auto Mode = iota
	File
	Pages
)

// Options say how a result is read.
type Options struct {
	Mode Mode
	From Position // where to go on; it decides the mode as well
	// Delete has Close delete the result's files, once they were read to their
	// end; else they stay until somebody deletes them. Close only when what was
	// read is safe.
	Delete bool
}

// Rows streams the result of a query. It is for one goroutine.
type Rows struct {
	client  *Client
	life    *life
	from    feed
	columns []Column
	note    string
	remove  []place
	row     []Cell
	err     error
	ended   bool
}

// feed is one of the ways.
type feed interface {
	// next returns the next row, which is good until the next call; nil at the
	// end.
	next() ([]Cell, error)
	position() Position
	close()
}

// Results reads the result of a query that ended well.
func (c *Client) Results(ctx context.Context, x Execution, o Options) (*Rows, error) {
	if !o.From.IsZero() {
		if o.From.Query != x.ID {
			return nil, elsewhere(o.From, x)
		}
		o.Mode = Pages
		if o.From.Object != "" {
			o.Mode = File
		}
	}
	r := &Rows{client: c, life: newLife(ctx)}
	err := c.begin(r, x, o)
	if err != nil {
		r.life.over()
		return nil, err
	}
	return r, nil
}

// begin opens the way that fits.
func (c *Client) begin(r *Rows, x Execution, o Options) error {
	if o.Mode == Pages || o.Mode == Auto && !x.inFile() {
		return c.beginPages(r, x, o.From)
	}
	err := c.beginFile(r, x, o)
	if o.Mode == File || crm.CodeOf(err) != crm.CodeForbidden {
		return err
	}
	r.note = fmt.Sprintf("the result is read in pages, which takes several times as long: %v", err)
	return c.beginPages(r, x, o.From)
}

// Next reads the next row; false at the end and when something is wrong, which
// Err tells. The reading is over when ctx ends.
func (r *Rows) Next(ctx context.Context) bool {
	if r.err != nil || r.ended {
		return false
	}
	if ctx.Err() != nil {
		r.err = cancelled(ctx)
		return false
	}
	r.life.follow(ctx)
	r.row, r.err = r.from.next()
	r.ended = r.row == nil && r.err == nil
	return r.row != nil
}

// Row returns the row that Next read: as many cells as there are columns, good
// until the next call of Next.
func (r *Rows) Row() []Cell { return r.row }

// Columns returns the names and, where Athena tells them, the types.
func (r *Rows) Columns() []Column { return r.columns }

// Position returns where the reading stands, behind the last row.
func (r *Rows) Position() Position { return r.from.position() }

// Note says what a person should know of the way in which the result is read;
// "" for nothing.
func (r *Rows) Note() string { return r.note }

// Err returns a *crm.Error, or nil when the result was read to its end.
func (r *Rows) Err() error { return r.err }

// Close ends the reading, and deletes the files where Options say so. Its
// error is that they could not be deleted, which harms nothing but costs a
// little for as long as they lie there.
func (r *Rows) Close() error {
	r.from.close()
	ctx := context.WithoutCancel(r.life.ctx)
	r.life.over()
	places := r.remove
	r.remove = nil
	if !r.ended {
		return nil
	}
	return r.client.remove(ctx, places)
}

// elsewhere is a position in another result.
func elsewhere(p Position, x Execution) error {
	return &crm.Error{
		Code:    crm.CodeInternal,
		Origin:  crm.OriginWarren,
		Message: "a reading of the query " + x.ID + " cannot go on where one of the query " + p.Query + " stopped",
		Fix:     "Read the result from its beginning.",
	}
}

// badResult is a result that is not what it says it is (L3).
func (c *Client) badResult(x, what string) *crm.Error {
	return &crm.Error{
		Code:    crm.CodeBadAnswer,
		Origin:  crm.OriginSource,
		Message: "the result of the query " + x + " of " + c.source + " is faulty: " + what,
		Fix:     "Run it again, which asks Athena anew; if it stays so, report it.",
	}
}

// sameNames reports whether a row holds the names of the columns.
func sameNames(row []Cell, columns []Column) bool {
	if len(row) != len(columns) {
		return false
	}
	for i, c := range row {
		if string(c.Text) != columns[i].Name {
			return false
		}
	}
	return true
}

// names writes names for a message.
func names(list []string) string { return words.Cut(strings.Join(list, ", "), words.MostQuoted) }
