package athena

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warren-sync/warren/internal/crm"
)

// object reads a file in S3 from some byte on. A connection that breaks is
// taken up again at the byte where it broke, of the very same file: one that
// was rewritten meanwhile is an error (L3).
type object struct {
	client *Client
	ctx    context.Context // of the whole reading
	place  place
	etag   string // "" until the file was opened
	at     int64
	until  int64 // where the reading ends; 0 for the end of the file
	size   int64 // of the file; -1 until it was opened

	body   io.ReadCloser
	bodied context.Context
	guard  *guard

	lost  int       // connections in a row that brought nothing
	since time.Time // the first of them
}

func (c *Client) newObject(ctx context.Context, p place) *object {
	return &object{client: c, ctx: ctx, place: p, size: -1}
}

// end is where the reading ends, of a file whose size is known.
func (o *object) end() int64 {
	if o.until > 0 {
		return min(o.until, o.size)
	}
	return o.size
}

// Read is io.Reader. Its error is io.EOF at the very end of what is to be read,
// else a *crm.Error.
func (o *object) Read(p []byte) (n int, err error) {
	for {
		switch {
		case o.ctx.Err() != nil:
			return 0, cancelled(o.ctx)
		case o.size >= 0 && o.at >= o.end():
			o.close()
			return 0, io.EOF
		case o.body == nil:
			if err := o.open(); err != nil {
				return 0, err
			}
			continue
		}
		if o.until > 0 { // where another part or the whole file is sent, too
			p = p[:min(int64(len(p)), o.until-o.at)]
		}
		o.guard.begin()
		n, err = o.body.Read(p)
		o.guard.end()
		o.at += int64(n)
		if err != nil && o.at != o.end() {
			err = o.cause(err)
			o.close()
			if n == 0 {
				if err := o.wait(err); err != nil {
					return 0, err
				}
			}
		}
		if n > 0 {
			o.lost = 0
			return n, nil
		}
	}
}

// close ends the connection, not the reading.
func (o *object) close() {
	if o.body == nil {
		return
	}
	_ = o.body.Close() // nothing was written to it
	o.guard.release()
	o.body = nil
}

// cause says what broke a connection.
func (o *object) cause(err error) error {
	if errors.Is(context.Cause(o.bodied), errStalled) {
		return errStalled
	}
	if isEnd(err) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// wait waits before the next connection, or gives up: a connection that was
// opened and brought nothing is a failed attempt.
func (o *object) wait(err error) error {
	c := o.client
	if o.lost == 0 {
		o.since = c.clock.Now()
	}
	o.lost++
	f := c.judge(o.ctx, o.call(), err)
	f.err.Message = fmt.Sprintf("%s broke off in the middle of %s, at byte %d", c.source, o.place, o.at)
	wait, took := c.delay(o.lost), c.clock.Now().Sub(o.since)
	if o.ctx.Err() != nil || !f.again || took+wait > c.patience {
		if o.ctx.Err() != nil {
			return cancelled(o.ctx)
		}
		return c.exhausted(f, o.lost, took)
	}
	return c.pause(o.ctx, f, o.lost, wait)
}

func (o *object) call() call {
	return call{name: "GetObject", right: "s3:GetObject", on: o.place.String()}
}

// open asks for the rest of what is to be read.
func (o *object) open() error {
	c := o.client
	return c.persist(o.ctx, o.call(), func() error {
		in := &s3.GetObjectInput{Bucket: &o.place.bucket, Key: &o.place.key}
		if o.etag != "" {
			in.IfMatch = &o.etag
		}
		switch {
		case o.until > 0:
			in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", o.at, o.until-1))
		case o.at > 0:
			in.Range = aws.String(fmt.Sprintf("bytes=%d-", o.at))
		}
		ctx, g := newGuard(o.ctx, c.callTimeout)
		out, err := c.s3.GetObject(ctx, in)
		g.end()
		if err == nil {
			err = o.accept(out)
		}
		if err != nil {
			if errors.Is(context.Cause(ctx), errStalled) {
				err = errStalled
			}
			g.release()
			return err
		}
		o.body, o.bodied, o.guard = out.Body, ctx, g
		return nil
	})
}

// accept checks that an answer is the part that was asked for, of the file that
// was begun, and tells how long the file is: of a body that breaks off without a
// length nobody can tell that it did (L3).
func (o *object) accept(out *s3.GetObjectOutput) error {
	size := aws.ToInt64(out.ContentLength)
	if out.ContentRange != nil {
		var from, to int64
		if _, err := fmt.Sscanf(*out.ContentRange, "bytes %d-%d/%d", &from, &to, &size); err != nil || from != o.at {
			_ = out.Body.Close() // not what was asked for
			return o.strange("another part of the file than was asked for")
		}
	} else if o.at > 0 {
		_ = out.Body.Close() // not what was asked for
		return o.strange("the whole file where a part was asked for")
	} else if out.ContentLength == nil {
		_ = out.Body.Close() // another attempt may bring more
		return o.endless()
	}
	etag := aws.ToString(out.ETag)
	if o.etag != "" && etag != "" && !sameETag(etag, o.etag) || o.size >= 0 && size != o.size {
		_ = out.Body.Close() // another file
		return o.strange("another file than was begun: it was rewritten")
	}
	o.size = size
	if o.etag == "" {
		o.etag = etag
	}
	return nil
}

func (o *object) endless() error {
	return &crm.Error{
		Code:      crm.CodeBadAnswer,
		Origin:    crm.OriginSource,
		Retryable: true,
		Message:   o.client.says(o.call(), "a file and not with its length, without which nobody can tell whether it is whole"),
		Fix:       "S3 always tells the length: look at the proxies on the way that take it off, or read the result in pages (results: pages).",
	}
}

func (o *object) strange(what string) error {
	return &crm.Error{
		Code:    crm.CodeBadAnswer,
		Origin:  crm.OriginSource,
		Message: o.client.says(o.call(), what),
		Fix:     "Run it again, which asks Athena anew.",
	}
}

func sameETag(a, b string) bool { return strings.Trim(a, `"`) == strings.Trim(b, `"`) }

// isEnd reports whether a reader is at its end. An error that wraps io.EOF is a
// failure.
func isEnd(err error) bool {
	return err == io.EOF //nolint:errorlint // see above
}
