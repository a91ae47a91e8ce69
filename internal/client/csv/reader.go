package csv

import (
	"bytes"
	"fmt"
	"io"
)

// Reader reads the rows of a file. It allocates nothing for a row or a cell:
// the cells lie in its buffer, doubled quotes undone in place.
type Reader struct {
	source  io.Reader
	columns int
	maxRow  int
	at      int64 // of buffer[0] in the file
	line    int64 // of the next row
	began   int64 // the line in which the last row began
	begun   bool

	buffer []byte
	row    int // where the next row begins in buffer
	filled int // bytes of buffer that hold something
	ended  bool
	broken error // what source failed with

	spans []span
	cells []Cell
	err   error
}

// span is a cell as it stands in the file, measured from the start of its row:
// the buffer may move while a row is read.
type span struct {
	from, to int
	quoted   bool
	doubled  bool // holds quotes that are doubled
}

// NewReader returns a reader of source.
func NewReader(source io.Reader, o Options) *Reader {
	if o.MaxRow <= 0 {
		o.MaxRow = defaultMaxRow
	}
	return &Reader{
		source:  source,
		columns: max(o.Columns, AnyColumns),
		maxRow:  o.MaxRow,
		at:      o.At,
		line:    1,
		begun:   o.At > 0,
		buffer:  make([]byte, min(bufferSize, o.MaxRow)),
	}
}

// Next reads the next row. It returns false at the end of the file and when
// something is wrong, which Err tells.
func (r *Reader) Next() bool {
	if !r.begun {
		r.begun = true
		r.skipMark()
	}
	for r.err == nil {
		n, ok := r.scan()
		if !ok {
			break
		}
		row := r.buffer[r.row : r.row+n]
		lines := int64(bytes.Count(row, newline[:]))
		blank := len(r.spans) == 1 && !r.spans[0].quoted && r.spans[0].from == r.spans[0].to
		if !blank || r.columns == 1 {
			if !r.fits() {
				break
			}
			r.cut(row)
			r.row += n
			r.began = r.line
			r.line += lines
			return true
		}
		r.row += n
		r.line += lines
	}
	r.cells = r.cells[:0]
	return false
}

// Row returns the cells of the row that Next read. They are good until the
// next call of Next.
func (r *Reader) Row() []Cell { return r.cells }

// Offset returns where the last row ends: bytes from the start of the file.
func (r *Reader) Offset() int64 { return r.at + int64(r.row) }

// Line returns the line in which the last row begins, from 1 at the start of this
// reading.
func (r *Reader) Line() int64 { return r.began }

// Err returns an *Error, or nil when the file was read to its end.
func (r *Reader) Err() error { return r.err }

var newline = [...]byte{'\n'}

var mark = [...]byte{0xef, 0xbb, 0xbf}

// skipMark passes over a byte order mark.
func (r *Reader) skipMark() {
	for r.filled < len(mark) {
		if _, ok := r.more(); !ok {
			return
		}
	}
	if bytes.HasPrefix(r.buffer, mark[:]) {
		r.row = len(mark)
	}
}

// scan finds the cells of the next row and returns its length with the end of
// its line; false at the end of the file or when the row is faulty.
func (r *Reader) scan() (n int, ok bool) {
	r.spans = r.spans[:0]
	row := r.buffer[r.row:r.filled]
	for at := 0; ; {
		if at == len(row) {
			var more bool
			if row, more = r.more(); !more && (r.err != nil || at == 0) {
				return 0, false
			}
		}
		if !r.room() {
			return 0, false
		}
		if at < len(row) && row[at] == '"' {
			row, at = r.quoted(row, at)
		} else {
			row, at = r.bare(row, at)
		}
		switch {
		case r.err != nil:
			return 0, false
		case at == len(row): // the end of the file
			return at, true
		case row[at] == '\n':
			return at + 1, true
		}
		at++ // the comma
	}
}

// room reports whether the row may have one more cell.
func (r *Reader) room() bool {
	most := r.columns
	if most <= 0 {
		most = maxCells
	}
	if len(r.spans) < most {
		return true
	}
	r.fail(fmt.Errorf("%w: more than %d", ErrColumns, most))
	return false
}

// bare finds the end of a cell without quotes: at the comma or the newline
// behind it, or at the end of the file.
func (r *Reader) bare(row []byte, at int) ([]byte, int) {
	from := at
	for {
		for at < len(row) && row[at] != ',' && row[at] != '\n' && row[at] != '"' {
			at++
		}
		if at < len(row) {
			break
		}
		var more bool
		if row, more = r.more(); !more {
			break
		}
	}
	to := at
	switch {
	case r.err != nil:
		return row, at
	case at < len(row) && row[at] == '"':
		r.fail(fmt.Errorf("%w: inside a cell that does not begin with one", ErrQuote))
	case at == len(row) || row[at] == '\n':
		if to > from && row[to-1] == '\r' {
			to--
		}
	}
	r.spans = append(r.spans, span{from: from, to: to})
	return row, at
}

// quoted finds the end of a cell in quotes, the first of which stands at at.
func (r *Reader) quoted(row []byte, at int) ([]byte, int) {
	s := span{from: at + 1, quoted: true}
	at++
	more := true
	for {
		i := bytes.IndexByte(row[at:], '"')
		if i < 0 {
			at = len(row)
			if row, more = r.more(); !more {
				r.fail(ErrCut)
				return row, at
			}
			continue
		}
		at += i + 1
		if at == len(row) {
			row, more = r.more()
		}
		if !more || row[at] != '"' {
			break
		}
		s.doubled = true
		at++
	}
	s.to = at - 1
	r.spans = append(r.spans, s)
	return r.behind(row, at)
}

// behind passes over a carriage return behind a quote, where only a comma or
// the end of the line can stand.
func (r *Reader) behind(row []byte, at int) ([]byte, int) {
	if at < len(row) && row[at] == '\r' {
		at++
		if at == len(row) {
			row, _ = r.more()
		}
		if at == len(row) || row[at] == '\n' {
			return row, at
		}
		at--
	}
	if r.err == nil && at < len(row) && row[at] != ',' && row[at] != '\n' {
		r.fail(fmt.Errorf("%w: text follows on it", ErrQuote))
	}
	return row, at
}

// fits checks the number of cells.
func (r *Reader) fits() bool {
	if r.columns == 0 {
		r.columns = len(r.spans)
	}
	if r.columns > 0 && len(r.spans) != r.columns {
		r.fail(fmt.Errorf("%w: %d instead of %d", ErrColumns, len(r.spans), r.columns))
		return false
	}
	return true
}

// cut makes cells of the spans.
func (r *Reader) cut(row []byte) {
	r.cells = r.cells[:0]
	for _, s := range r.spans {
		text := row[s.from:s.to:s.to]
		if s.doubled {
			text = undouble(text)
		}
		r.cells = append(r.cells, Cell{Text: text, Quoted: s.quoted})
	}
}

// undouble makes one quote of each pair, in place.
func undouble(text []byte) []byte {
	n, rest := 0, text
	for {
		i := bytes.IndexByte(rest, '"')
		if i < 0 {
			return text[:n+copy(text[n:], rest)]
		}
		n += copy(text[n:], rest[:i+1])
		rest = rest[i+2:]
	}
}

// fail keeps the first error.
func (r *Reader) fail(err error) {
	if r.err == nil {
		r.err = &Error{Line: r.line, Offset: r.Offset(), Err: err}
	}
}
