package athena

import (
	"context"
	"strings"

	"github.com/warren-sync/warren/internal/client/parquet"
)

// ParquetRows streams the rows of the Parquet files that an UNLOAD wrote, file
// after file, each through ranged reads of what is needed next. It is for one
// goroutine.
type ParquetRows struct {
	files

	names []string
	types []string // nil where no file tells them
	file  *parquet.File
	which []int // the file's column for each name; -1 where it has none
	cells []Cell
}

// Next reads the next row; false at the end and when something is wrong, which
// Err tells. The reading is over when ctx ends.
func (r *ParquetRows) Next(ctx context.Context) bool { return r.step(ctx, r.next) }

// Row returns the row that Next read: as many cells as there are columns, good
// until the next call of Next.
func (r *ParquetRows) Row() []Cell { return r.cells }

// Columns returns the names that were asked for, and the types that the first
// file gives them; "" for a column that it lacks.
func (r *ParquetRows) Columns() []Column {
	list := make([]Column, len(r.names))
	for i, name := range r.names {
		list[i].Name = name
		if r.types != nil {
			list[i].Type = r.types[i]
		}
	}
	return list
}

// Close ends the reading, and deletes the files where Options say so; see
// Rows.Close.
func (r *ParquetRows) Close() error {
	r.drop()
	return r.over()
}

// begin opens the first file that is to be read, which tells the types.
func (r *ParquetRows) begin() error {
	if r.at >= len(r.list) {
		return nil
	}
	return r.open()
}

func (r *ParquetRows) next() (read bool, err error) {
	for r.at < len(r.list) {
		if r.file == nil {
			if err := r.open(); err != nil {
				return false, err
			}
		}
		row, err := r.file.Next()
		if err != nil {
			return false, r.unreadable(err)
		}
		if row != nil {
			r.rows++
			r.take(row)
			return true, nil
		}
		if err := r.turn("row"); err != nil {
			return false, err
		}
		r.drop()
	}
	return false, nil
}

// take makes cells of a file's row.
func (r *ParquetRows) take(row []parquet.Cell) {
	for i, from := range r.which {
		r.cells[i] = Cell{}
		if from >= 0 && !row[from].Null {
			r.cells[i] = Cell{Text: row[from].Text, Quoted: true}
		}
	}
}

// open opens the present file and goes behind the rows that were read before.
func (r *ParquetRows) open() error {
	from, err := r.client.openRanged(r.life.ctx, r.list[r.at], r.etag)
	if err != nil {
		return err
	}
	r.etag = from.etag
	file, err := parquet.Open(from, from.size)
	if err != nil {
		return r.unreadable(err)
	}
	r.file = file
	r.match(file.Columns())
	r.rows = r.skip
	if err := file.Pass(int64(r.skip)); err != nil {
		return r.unreadable(err)
	}
	return nil
}

// match finds the columns by their names, of which Athena writes some in lower case.
func (r *ParquetRows) match(columns []parquet.Column) {
	first := r.types == nil
	if first {
		r.types = make([]string, len(r.names))
	}
	r.which = r.which[:0]
	for i, name := range r.names {
		at := -1
		for j, c := range columns {
			if c.Name == name || at < 0 && strings.EqualFold(c.Name, name) {
				at = j
			}
		}
		if at >= 0 && first {
			r.types[i] = columns[at].Type
		}
		r.which = append(r.which, at)
	}
}

func (r *ParquetRows) unreadable(err error) error {
	return r.client.readError(r.query, r.list[r.at].String()+" cannot be read", err)
}

func (r *ParquetRows) drop() {
	if r.file != nil {
		r.file.Close()
	}
	r.file = nil
}
