package athena

import (
	"context"
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// file reads the result's file in S3.
type file struct {
	client *Client
	query  string
	object *object
	reader *csv.Reader
}

// beginFile opens the file where o says. The types of the columns come from
// Athena; where it refuses to tell them, the names are those of the header.
func (c *Client) beginFile(r *Rows, x Execution, o Options) error {
	at, err := parsePlace(x.Output)
	if err != nil || !x.inFile() {
		return &crm.Error{
			Code:    crm.CodeSourceRefused,
			Origin:  crm.OriginConfig,
			Message: "the result of the query " + x.ID + " is not a file of rows",
			Fix:     "Read it in pages.",
		}
	}
	if o.From.Object != "" && o.From.Object != x.Output {
		return elsewhere(o.From, x)
	}
	ctx := r.life.ctx
	f := &file{client: c, query: x.ID, object: c.newObject(ctx, at)}
	columns, err := c.resultColumns(ctx, x.ID)
	if err == nil && (o.From.Offset == 0 || columns == nil) {
		columns, err = f.header(columns)
	}
	if err == nil && o.From.Offset > 0 {
		f.resume(ctx, at, o.From, len(columns))
	}
	if err != nil {
		f.close()
		return err
	}
	r.from, r.columns = f, columns
	if o.Delete {
		r.remove = []place{at, {bucket: at.bucket, key: at.key + ".metadata"}}
	}
	return nil
}

// resultColumns asks for the names and types of a result; nil where Athena does
// not tell them.
func (c *Client) resultColumns(ctx context.Context, id string) ([]Column, error) {
	p, err := c.page(ctx, id, "", 1)
	switch code := crm.CodeOf(err); {
	case err == nil:
		return p.columns, nil
	case code == crm.CodeForbidden || code == crm.CodeBadAnswer || code == crm.CodeNotFound:
		return nil, nil
	}
	return nil, err
}

// header reads the first row of the file, which has to be the names of its
// columns.
func (f *file) header(columns []Column) ([]Column, error) {
	f.reader = csv.NewReader(f.object, csv.Options{})
	if !f.reader.Next() {
		if err := f.failure(); err != nil {
			return nil, err
		}
		return nil, f.client.badResult(f.query, "its file has no header")
	}
	row := f.reader.Row()
	if columns == nil {
		for _, c := range row {
			columns = append(columns, Column{Name: string(c.Text)})
		}
		return columns, nil
	}
	if !sameNames(row, columns) {
		return nil, f.client.badResult(f.query, fmt.Sprintf("Athena speaks of the columns %s and the file of %s", columnNames(columns), cellNames(row)))
	}
	return columns, nil
}

// resume goes on behind the last row that was read.
func (f *file) resume(ctx context.Context, at place, from Position, columns int) {
	f.object.close()
	f.object = f.client.newObject(ctx, at)
	f.object.at, f.object.etag = from.Offset, from.ETag
	if from.Size > 0 {
		f.object.size = from.Size
	}
	f.reader = csv.NewReader(f.object, csv.Options{Columns: columns, At: from.Offset})
}

func (f *file) next() ([]Cell, error) {
	if f.reader.Next() {
		return f.reader.Row(), nil
	}
	return nil, f.failure()
}

// failure says why the reader stopped; nil at the end of the file.
func (f *file) failure() error {
	err := f.reader.Err()
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e
	}
	e := f.client.badResult(f.query, "its file cannot be read")
	if errors.Is(err, csv.ErrTooLong) {
		e.Code, e.Fix = crm.CodeTooLarge, "Leave the column out that is so long."
	}
	e.Err = err
	return e
}

func (f *file) position() Position {
	return Position{
		Query:  f.query,
		Object: f.object.place.String(),
		ETag:   f.object.etag,
		Offset: f.reader.Offset(),
		Size:   max(f.object.size, 0),
	}
}

func (f *file) close() { f.object.close() }

func columnNames(columns []Column) string {
	var list []string
	for _, c := range columns {
		list = append(list, c.Name)
	}
	return names(list)
}

func cellNames(row []Cell) string {
	var list []string
	for _, c := range row {
		list = append(list, string(c.Text))
	}
	return words.Line(names(list))
}
