package athena

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// Result files: every value that is not NULL stands in quotes, quotes in it are
// doubled, line breaks stay as they are. NULL is nothing between the commas, so
// that a NULL alone is an empty line.

func appendHeader(dst []byte, columns []sql.Column) []byte {
	names := make([]table.Value, 0, len(columns))
	texts := make([]sql.Column, 0, len(columns))
	for _, c := range columns {
		names = append(names, table.Text(c.Name))
		texts = append(texts, sql.Column{Type: table.Simple(table.VarcharKind)})
	}
	return appendRow(dst, texts, names)
}

func appendRow(dst []byte, columns []sql.Column, row []table.Value) []byte {
	for i, v := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		if v.IsNull() {
			continue
		}
		dst = append(dst, '"')
		from := len(dst)
		dst = v.AppendText(dst, columns[i].Type)
		if bytes.IndexByte(dst[from:], '"') >= 0 {
			doubled := bytes.ReplaceAll(dst[from:], []byte{'"'}, []byte{'"', '"'})
			dst = append(dst[:from], doubled...)
		}
		dst = append(dst, '"')
	}
	return append(dst, '\n')
}

// csvReader reads such a file back for GetQueryResults.
type csvReader struct {
	in     *bufio.Reader
	offset int64 // behind the last row
}

var errBrokenResult = errors.New("the result is not what was written")

// row reads one row; io.EOF at the end.
func (r *csvReader) row() ([]datum, error) {
	var row []datum
	for first := true; ; first = false {
		c, err := r.next()
		switch {
		case err != nil && (first || !errors.Is(err, io.EOF)):
			return nil, err
		case err != nil:
			return nil, errBrokenResult
		case c == ',':
			row = append(row, datum{})
			continue
		case c == '\n':
			return append(row, datum{}), nil
		case c != '"':
			return nil, errBrokenResult
		}
		text, err := r.quoted()
		if err != nil {
			return nil, err
		}
		row = append(row, datum{VarCharValue: &text})
		switch c, err := r.next(); {
		case err != nil || c != ',' && c != '\n':
			return nil, errBrokenResult
		case c == '\n':
			return row, nil
		}
	}
}

func (r *csvReader) quoted() (string, error) {
	var text []byte
	for {
		c, err := r.next()
		if err != nil {
			return "", errBrokenResult
		}
		if c == '"' {
			if after, _ := r.in.Peek(1); len(after) == 0 || after[0] != '"' {
				return string(text), nil
			}
			_, _ = r.next() // it was peeked at
		}
		text = append(text, c)
	}
}

func (r *csvReader) next() (byte, error) {
	c, err := r.in.ReadByte()
	if err == nil {
		r.offset++
	}
	return c, err
}

// more reports whether another row follows.
func (r *csvReader) more() bool {
	_, err := r.in.Peek(1)
	return err == nil
}
