package athena

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

// maxLine bounds one object of an UNLOAD, in bytes after decompression.
const maxLine = 64 << 20

// lineBuffer is what is read ahead of a file after decompression.
const lineBuffer = 256 << 10

// JSONRows streams the objects that an UNLOAD wrote, file after file. NULL
// members are absent from them. It is for one goroutine.
type JSONRows struct {
	client *Client
	life   *life
	query  string
	files  []place
	remove []place

	at     int // the present file
	lines  int // of it that were read
	etag   string
	skip   int // lines of it that were read before
	object *object
	text   *bufio.Reader

	long  []byte // a line that is longer than the buffer
	row   []byte
	err   error
	ended bool
}

// Next reads the next object; false at the end and when something is wrong,
// which Err tells. The reading is over when ctx ends.
func (r *JSONRows) Next(ctx context.Context) bool {
	if r.err != nil || r.ended {
		return false
	}
	if ctx.Err() != nil {
		r.err = cancelled(ctx)
		return false
	}
	r.life.follow(ctx)
	r.row, r.err = r.next()
	r.ended = r.row == nil && r.err == nil
	return r.row != nil
}

// Row returns the object that Next read, as JSON on one line. It is good until
// the next call of Next.
func (r *JSONRows) Row() []byte { return r.row }

// Position returns where the reading stands, behind the last object.
func (r *JSONRows) Position() Position {
	p := Position{Query: r.query, File: r.at}
	if read := max(r.lines, r.skip); read > 0 && r.at < len(r.files) {
		p.Object, p.ETag, p.Lines = r.files[r.at].String(), r.etag, read
	}
	return p
}

// Err returns a *crm.Error, or nil when all files were read to their end.
func (r *JSONRows) Err() error { return r.err }

// Close ends the reading, and deletes the files where Options say so; see
// Rows.Close.
func (r *JSONRows) Close() error {
	r.drop()
	ctx := context.WithoutCancel(r.life.ctx)
	r.life.over()
	places := r.remove
	r.remove = nil
	if !r.ended {
		return nil
	}
	return r.client.remove(ctx, places)
}

func (r *JSONRows) next() ([]byte, error) {
	for {
		if r.at >= len(r.files) {
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
			if r.lines < r.skip {
				return nil, r.client.badResult(r.query, fmt.Sprintf("%s has %s where %d were read before", r.files[r.at], count(r.lines, "line"), r.skip))
			}
			r.drop()
			r.at++
			r.etag, r.skip, r.lines = "", 0, 0
			continue
		case err != nil:
			return nil, r.client.readError(r.query, r.files[r.at].String()+" cannot be read", err)
		}
		r.lines++
		if r.lines <= r.skip {
			continue
		}
		if line[0] != '{' || line[len(line)-1] != '}' {
			return nil, r.client.badResult(r.query, fmt.Sprintf("line %d of %s is no object", r.lines, r.files[r.at]))
		}
		return line, nil
	}
}

// open opens the present file. It is taken as compressed when it is: the names
// of the files don't always tell.
func (r *JSONRows) open() error {
	at := r.files[r.at]
	r.object = r.client.newObject(r.life.ctx, at)
	r.object.etag, r.lines = r.etag, 0
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

// readError explains that a file could not be read: what the connection said,
// or what is wrong with the file itself.
func (c *Client) readError(query, what string, err error) error {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e
	}
	e := c.badResult(query, what)
	if errors.Is(err, errLong) {
		e.Code, e.Fix = crm.CodeTooLarge, "Leave the column out that is so long."
	}
	e.Err = err
	return e
}
