package athena

import (
	"compress/gzip"
	"io"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// lineWriter writes a row as a line: an object, or text with delimiters.
type lineWriter struct {
	columns []sql.Column
	format  unloadFormat
	out     io.Writer
	zip     *gzip.Writer // nil without compression
	line    []byte
}

func newLineWriter(out io.Writer, columns []sql.Column, format unloadFormat) *lineWriter {
	w := &lineWriter{columns: columns, format: format, out: out}
	if format.compression == "GZIP" {
		w.zip, _ = gzip.NewWriterLevel(out, gzip.BestSpeed) // the level is one that there is
		w.out = w.zip
	}
	return w
}

func (w *lineWriter) write(row []table.Value) error {
	if w.format.name == formatJSON {
		w.line = w.appendObject(w.line[:0], row)
	} else {
		w.line = w.appendText(w.line[:0], row)
	}
	_, err := w.out.Write(w.line)
	return err
}

// appendObject leaves a member out that is NULL.
func (w *lineWriter) appendObject(line []byte, row []table.Value) []byte {
	line = append(line, '{')
	for i, v := range row {
		if v.IsNull() {
			continue
		}
		if len(line) > 1 {
			line = append(line, ',')
		}
		line = append(table.AppendQuoted(line, w.columns[i].Name), ':')
		line = v.AppendJSON(line, w.columns[i].Type)
	}
	return append(line, '}', '\n')
}

func (w *lineWriter) appendText(line []byte, row []table.Value) []byte {
	for i, v := range row {
		if i > 0 {
			line = append(line, w.format.delimiter...)
		}
		if v.IsNull() {
			line = append(line, `\N`...)
			continue
		}
		line = v.AppendText(line, w.columns[i].Type)
	}
	return append(line, '\n')
}

func (w *lineWriter) close() error {
	if w.zip == nil {
		return nil
	}
	return w.zip.Close()
}
