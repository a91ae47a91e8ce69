package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// Numbers of the format for compressions.
const (
	plainCodec  = 0
	snappyCodec = 1
	gzipCodec   = 2
	zstdCodec   = 6
)

// unpacker decompresses, never into more than was said to be there. It keeps what
// it needs from page to page.
type unpacker struct {
	gzip  *gzip.Reader
	input bytes.Reader
	zstd  *zstd.Decoder
}

var errUnpacked = errors.New("a page has more or fewer bytes than it says")

// unpack fills dst.
func (u *unpacker) unpack(codec int64, dst, src []byte) error {
	var n int
	var err error
	switch codec {
	case plainCodec:
		n = len(src)
		copy(dst, src)
	case snappyCodec:
		n, err = unpackSnappy(dst, src)
	case gzipCodec:
		n, err = u.unpackGzip(dst, src)
	case zstdCodec:
		n, err = u.unpackZstd(dst, src)
	default:
		return fmt.Errorf("a page is compressed in a way that is not read here (%d)", codec)
	}
	if err != nil {
		return fmt.Errorf("a page cannot be decompressed: %w", err)
	}
	if n != len(dst) {
		return errUnpacked
	}
	return nil
}

func unpackSnappy(dst, src []byte) (int, error) {
	n, err := snappy.DecodedLen(src)
	if err != nil || n != len(dst) {
		return n, err
	}
	_, err = snappy.Decode(dst, src)
	return n, err
}

func (u *unpacker) unpackGzip(dst, src []byte) (n int, err error) {
	u.input.Reset(src)
	if u.gzip == nil {
		u.gzip, err = gzip.NewReader(&u.input)
	} else {
		err = u.gzip.Reset(&u.input)
	}
	if err != nil {
		u.gzip = nil
		return 0, err
	}
	n, err = io.ReadFull(u.gzip, dst)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return n, nil // too few
	case err != nil:
		return n, err
	}
	// The checksum is looked at where the end is read.
	var more [1]byte
	m, err := u.gzip.Read(more[:])
	if m > 0 || err == io.EOF { //nolint:errorlint // the end, and nothing that wraps it
		return n + m, nil
	}
	return n, err
}

func (u *unpacker) unpackZstd(dst, src []byte) (int, error) {
	if u.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxPage), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return 0, err
		}
		u.zstd = d
	}
	out, err := u.zstd.DecodeAll(src, dst[:0:len(dst)])
	return len(out), err
}

func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}
