package athena

import (
	"context"
	"errors"
	"io"
)

// headSize is what is read of a file at first: of most files that Athena writes for
// a small result it is all.
const headSize = 1 << 20

// ranged reads parts of a file in S3, all of the same version of it (L3).
type ranged struct {
	client *Client
	ctx    context.Context // of the whole reading
	place  place
	etag   string // "" until the file was opened
	size   int64
	head   []byte
}

// open reads the head of the file, which tells its size and its version; etag is
// that of the version that was read before, or "".
func (c *Client) openRanged(ctx context.Context, p place, etag string) (*ranged, error) {
	o := c.newObject(ctx, p)
	o.etag, o.until = etag, headSize
	defer o.close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(o, head)
	if err != nil && !isEnd(err) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return &ranged{client: c, ctx: ctx, place: p, etag: o.etag, size: o.size, head: head[:n]}, nil
}

// ReadAt is io.ReaderAt. Its error is a *crm.Error, or io.EOF where the file ends.
func (r *ranged) ReadAt(p []byte, at int64) (int, error) {
	if at >= r.size {
		return 0, io.EOF
	}
	if at+int64(len(p)) <= int64(len(r.head)) {
		return copy(p, r.head[at:]), nil
	}
	o := r.client.newObject(r.ctx, r.place)
	o.etag, o.size, o.at, o.until = r.etag, r.size, at, at+int64(len(p))
	defer o.close()
	n, err := io.ReadFull(o, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
