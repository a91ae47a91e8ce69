package parquet

import (
	"errors"
	"fmt"
	"io"
)

// The bounds on what is read ahead of each column, and together.
const (
	mostAhead  = 1 << 20
	leastAhead = maxHeader
	allAhead   = 16 << 20
)

// Cell is one value of a row.
type Cell struct {
	Text []byte
	Null bool
}

// File streams the rows of a file. It is for one goroutine. What it reads, it reads
// from beginning to end of each column, a part at a time.
type File struct {
	from    io.ReaderAt
	footer  *footer
	readers []reader
	space   space
	group   int   // behind the present one
	left    int64 // rows of it that were not read
	cells   []Cell
	text    []byte
	err     error
}

// Open reads what a file of that many bytes says of itself.
func Open(from io.ReaderAt, size int64) (*File, error) {
	f, err := readFooter(from, size)
	if err != nil {
		return nil, err
	}
	r := &File{from: from, footer: f, readers: make([]reader, len(f.columns)), cells: make([]Cell, len(f.columns))}
	for i, c := range f.columns {
		r.readers[i].column, r.readers[i].space = c, &r.space
	}
	return r, nil
}

// Columns returns the columns in their order.
func (f *File) Columns() []Column { return f.footer.columns }

// Rows returns how many rows the file has.
func (f *File) Rows() (n int64) {
	for _, g := range f.footer.groups {
		n += g.rows
	}
	return n
}

// Pass leaves rows out. It reads little of what it leaves out.
func (f *File) Pass(rows int64) error {
	for rows > 0 && f.err == nil {
		if f.left == 0 {
			if f.group == len(f.footer.groups) {
				f.err = errors.New("it has fewer rows")
				break
			}
			if whole := f.footer.groups[f.group].rows; whole <= rows {
				f.group++
				rows -= whole
				continue
			}
			f.begin()
		}
		n := min(rows, f.left)
		for i := range f.readers {
			if err := f.readers[i].pass(n); err != nil {
				f.err = f.failure(i, err)
				return f.err
			}
		}
		f.left -= n
		rows -= n
	}
	return f.err
}

// Next reads a row, which is good until the next call: as many cells as there are
// columns; nil at the end. An error stays.
func (f *File) Next() ([]Cell, error) {
	for f.left == 0 && f.err == nil {
		if f.group == len(f.footer.groups) {
			return nil, nil
		}
		f.begin()
	}
	if f.err != nil {
		return nil, f.err
	}
	f.text = f.text[:0]
	for i := range f.readers {
		if err := f.cell(i); err != nil {
			f.err = f.failure(i, err)
			return nil, f.err
		}
	}
	if f.left--; f.left == 0 {
		for i := range f.readers {
			if err := f.readers[i].finish(); err != nil {
				f.err = f.failure(i, err)
				return nil, f.err
			}
		}
	}
	return f.cells, nil
}

// begin goes to the next group.
func (f *File) begin() {
	g := &f.footer.groups[f.group]
	ahead := min(max(allAhead/len(f.readers), leastAhead), mostAhead)
	for i := range f.readers {
		f.readers[i].begin(f.from, g.rows, g.chunks[i], ahead)
	}
	f.group++
	f.left = g.rows
}

// cell reads the next cell of a column.
func (f *File) cell(i int) error {
	r := &f.readers[i]
	raw, err := r.next()
	f.cells[i] = Cell{Text: raw, Null: raw == nil}
	if err != nil || raw == nil || r.column.text == nil {
		return err
	}
	from := len(f.text)
	text, ok := r.column.text(f.text, raw)
	if !ok {
		return errors.New("a value is no number of its type")
	}
	f.text, f.cells[i].Text = text, text[from:len(text):len(text)]
	return nil
}

// failure says in which column something is wrong.
func (f *File) failure(column int, err error) error {
	return fmt.Errorf("the column %s: %w", quoted(f.footer.columns[column].Name), err)
}

// Close lets go of what the reading took. It does not close what is read from.
func (f *File) Close() { f.space.unpacker.close() }
