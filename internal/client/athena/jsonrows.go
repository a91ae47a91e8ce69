package athena

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
)

// maxLine bounds one object of an UNLOAD, in bytes after decompression.
const maxLine = 64 << 20

// lineBuffer is what is read ahead of a file after decompression.
const lineBuffer = 256 << 10

// JSONRows streams the objects that an UNLOAD wrote, file after file. NULL
// members are absent from them. It is for one goroutine.
type JSONRows struct {
	files

	object *object
	text   *bufio.Reader
	long   []byte // a line that is longer than the buffer
	row    []byte
}

// Next reads the next object; false at the end and when something is wrong,
// which Err tells. The reading is over when ctx ends.
func (r *JSONRows) Next(ctx context.Context) bool {
	return r.step(ctx, func() (bool, error) {
		row, err := r.next()
		r.row = row
		return row != nil, err
	})
}

// Row returns the object that Next read, as JSON on one line. It is good until
// the next call of Next.
func (r *JSONRows) Row() []byte { return r.row }

// Close ends the reading, and deletes the files where Options say so; see
// Rows.Close.
func (r *JSONRows) Close() error {
	r.drop()
	return r.over()
}

func (r *JSONRows) next() ([]byte, error) {
	for {
		if r.at >= len(r.list) {
			return nil, nil
		}
		if r.text == nil {
			if err := r.open(); err != nil {
				return nil, err
			}
		}
		line, err := r.line()
		switch {
		case isEnd(err):
			if err := r.turn("line"); err != nil {
				return nil, err
			}
			r.drop()
			continue
		case err != nil:
			return nil, r.client.readError(r.query, r.list[r.at].String()+" cannot be read", err)
		}
		r.rows++
		if r.rows <= r.skip {
			continue
		}
		if line[0] != '{' || line[len(line)-1] != '}' {
			return nil, r.client.badResult(r.query, fmt.Sprintf("line %d of %s is no object", r.rows, r.list[r.at]))
		}
		return line, nil
	}
}

// open opens the present file. It is taken as compressed when it is: the names
// of the files don't always tell.
func (r *JSONRows) open() error {
	at := r.list[r.at]
	r.object = r.client.newObject(r.life.ctx, at)
	r.object.etag, r.rows = r.etag, 0
	r.text = bufio.NewReaderSize(r.object, lineBuffer)
	start, err := r.text.Peek(2)
	r.etag = r.object.etag
	if err != nil && !isEnd(err) {
		return r.client.readError(r.query, at.String()+" cannot be read", err)
	}
	if !bytes.Equal(start, []byte{0x1f, 0x8b}) {
		return nil
	}
	unzip, err := gzip.NewReader(r.text)
	if err != nil {
		return r.client.readError(r.query, at.String()+" cannot be decompressed", err)
	}
	r.text = bufio.NewReaderSize(unzip, lineBuffer)
	return nil
}

// line returns the next line that is not blank; io.EOF at the end of the file.
func (r *JSONRows) line() ([]byte, error) {
	for {
		line, err := r.text.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			line, err = r.rest(line)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && (err == nil || isEnd(err)) {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// rest reads a line to its end that is longer than the buffer.
func (r *JSONRows) rest(start []byte) ([]byte, error) {
	r.long = append(r.long[:0], start...)
	for {
		more, err := r.text.ReadSlice('\n')
		if len(r.long)+len(more) > maxLine {
			return nil, errLong
		}
		r.long = append(r.long, more...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.long, err
		}
	}
}

var errLong = fmt.Errorf("a line is over %d bytes", maxLine)

func (r *JSONRows) drop() {
	if r.object != nil {
		r.object.close()
	}
	r.object, r.text = nil, nil
}
