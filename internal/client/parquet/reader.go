package parquet

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// reader reads the values of one column, group after group, one by one.
type reader struct {
	column Column
	space  *space
	in     *bufio.Reader

	codec int64
	left  int64 // bytes of the group that were not read
	rows  int64 // of the group that are in none of the pages read

	page   page
	buffer []byte // what it is unpacked into
	words  dictionary
}

// page is a page under way.
type page struct {
	left   int64  // rows
	levels hybrid // 1 where a row has a value
	nulls  bool   // whether there are levels
	plain  []byte // values one behind the other
	coded  bool   // they are numbers instead:
	codes  hybrid // of the dictionary's entries
	bits   hybrid // booleans in runs
	runs   bool   // there are such
	bit    int    // the next boolean of plain
	truth  [1]byte
}

// begin goes to a group. The buffer that is read ahead stays.
func (r *reader) begin(from io.ReaderAt, rows int64, c chunk, ahead int) {
	section := io.NewSectionReader(from, c.offset, c.size)
	ahead = int(min(int64(ahead), c.size))
	if r.in == nil || r.in.Size() < ahead {
		r.in = bufio.NewReaderSize(section, ahead)
	} else {
		r.in.Reset(section)
	}
	r.codec, r.left, r.rows, r.page, r.words.entries = c.codec, c.size, rows, page{}, 0
}

// next reads the next value, as the file has it and good until the next page; nil for
// NULL.
func (r *reader) next() (raw []byte, err error) {
	for r.page.left == 0 {
		if err := r.turn(); err != nil {
			return nil, err
		}
	}
	p := &r.page
	p.left--
	if p.nulls {
		level, err := p.levels.next()
		if err != nil || level == 0 {
			return nil, err
		}
	}
	switch {
	case p.coded:
		n, err := p.codes.next()
		if err != nil {
			return nil, err
		}
		return r.words.entry(n)
	case r.column.stored == boolean:
		return p.boolean()
	default:
		raw, p.plain, err = r.column.cut(p.plain)
		return raw, err
	}
}

// pass leaves rows out. Pages that it leaves out whole are not unpacked.
func (r *reader) pass(rows int64) error {
	for rows > 0 {
		if r.page.left > 0 {
			if _, err := r.next(); err != nil {
				return err
			}
			rows--
			continue
		}
		h, err := r.header()
		if err != nil {
			return err
		}
		if data := h.kind == dataPage || h.kind == dataPageV2; data && int64(h.values) <= rows {
			if _, err := r.in.Discard(int(h.packed)); err != nil {
				return ended(err)
			}
			rows -= int64(h.values)
			continue
		}
		if err := r.load(&h); err != nil {
			return err
		}
	}
	return nil
}

// finish checks that a group whose rows were read has no more of them.
func (r *reader) finish() error {
	for r.left > 0 {
		h, err := r.header()
		if err != nil {
			return err
		}
		if _, err := r.in.Discard(int(h.packed)); err != nil {
			return ended(err)
		}
	}
	return nil
}

// turn reads the next page.
func (r *reader) turn() error {
	h, err := r.header()
	if err != nil {
		return err
	}
	return r.load(&h)
}

// header reads the header of the next page.
func (r *reader) header() (header, error) {
	if r.left == 0 {
		return header{}, errNumbers
	}
	for n := 512; ; n *= 2 {
		text, unread := r.in.Peek(n)
		h, size, err := parseHeader(text)
		switch {
		case err == nil:
		case !errors.Is(err, errShort):
			return h, err
		case unread == nil && n < maxHeader:
			continue
		case unread != nil && !errors.Is(unread, bufio.ErrBufferFull):
			return h, ended(unread)
		default:
			return h, err
		}
		if r.left -= int64(size) + int64(h.packed); r.left < 0 {
			return h, errors.New("a page is longer than its group")
		}
		if h.kind == dataPage || h.kind == dataPageV2 {
			if r.rows -= int64(h.values); r.rows < 0 {
				return h, errors.New("its pages have more rows than their group")
			}
		}
		_, err = r.in.Discard(size)
		return h, err
	}
}

// ended is the error of a reading that ended too early.
func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // an error that wraps these is the reader's own
		return errShort
	}
	return err
}

// load reads the page behind a header.
func (r *reader) load(h *header) error {
	if h.kind == indexPage {
		_, err := r.in.Discard(int(h.packed))
		return ended(err)
	}
	packed, err := r.space.scratch(int(h.packed))
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r.in, packed); err != nil {
		return ended(err)
	}
	if h.summed && crc32.ChecksumIEEE(packed) != h.sum {
		return errors.New("the checksum of a page is wrong")
	}
	into := &r.buffer
	if h.kind == dictionaryPage {
		into = &r.words.text
	}
	if *into, err = r.space.room(*into, int(h.unpacked)); err != nil {
		return err
	}
	head := int(h.levelBytes + h.repeatBytes) // never packed
	copy(*into, packed[:head])
	codec := r.codec
	if !h.isPacked {
		codec = plainCodec
	}
	if rest := (*into)[head:]; len(rest) > 0 || len(packed) > head && codec != plainCodec {
		if err := r.space.unpacker.unpack(codec, rest, packed[head:]); err != nil {
			return err
		}
	} else if len(packed) > head {
		return errUnpacked
	}
	if h.kind == dictionaryPage {
		return r.words.index(&r.column, h, r.space)
	}
	return r.open(h)
}

// open prepares the rows of a page that was unpacked.
func (r *reader) open(h *header) (err error) {
	p := page{left: int64(h.values), nulls: r.column.optional}
	in := r.buffer
	switch {
	case h.kind == dataPageV2:
		in = in[h.repeatBytes:]
		p.levels, in = hybrid{in: in[:h.levelBytes], width: 1}, in[h.levelBytes:]
	case p.nulls && h.levels != hybridEncoding:
		return fmt.Errorf("the levels of a page are encoded in a way that is not read here (%d)", h.levels)
	case p.nulls:
		if p.levels, in, err = prefixed(in, 1); err != nil {
			return err
		}
	}
	switch {
	case h.encoding == plainEncoding:
		p.plain = in
	case h.encoding == oldDictionary || h.encoding == dictionaryEncoding:
		if p.coded = true; len(in) > 0 { // a page of nothing but NULLs may have none
			if in[0] > 32 {
				return errors.New("the numbers of a page have more than 32 bits")
			}
			p.codes = hybrid{in: in[1:], width: int(in[0])}
		}
	case h.encoding == hybridEncoding && r.column.stored == boolean:
		if p.runs = true; len(in) > 0 {
			if p.bits, _, err = prefixed(in, 1); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("a page is encoded in a way that is not read here (%d)", h.encoding)
	}
	r.page = p
	return nil
}

// boolean reads the next one, as a byte.
func (p *page) boolean() ([]byte, error) {
	if p.runs {
		n, err := p.bits.next()
		p.truth[0] = byte(n)
		return p.truth[:], err
	}
	if p.bit/8 >= len(p.plain) {
		return nil, errNumbers
	}
	p.truth[0] = p.plain[p.bit/8] >> (p.bit % 8) & 1
	p.bit++
	return p.truth[:], nil
}
