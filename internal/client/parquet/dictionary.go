package parquet

import (
	"encoding/binary"
	"errors"
)

// dictionary is the values that the pages of a column name by number.
type dictionary struct {
	text    []byte // the values, one behind the other
	width   int    // of each; 0 where each has its own:
	ends    []int32
	entries int
}

// index finds the values in a dictionary that was unpacked.
func (d *dictionary) index(c *Column, h *header, s *space) error {
	if h.encoding != plainEncoding && h.encoding != oldDictionary || c.stored == boolean {
		return errors.New("a dictionary is encoded in a way that is not read here")
	}
	n := int(h.values)
	d.width, d.ends = c.stored.width(c.length), d.ends[:0]
	least := d.width
	if least == 0 {
		least = 4 // its length stands ahead of each
	}
	if n > len(d.text)/least {
		return errNumbers
	}
	d.entries = n
	if d.width > 0 {
		return nil
	}
	if more := n - cap(d.ends); more > 0 {
		if err := s.take(4 * int64(more)); err != nil {
			return err
		}
		d.ends = make([]int32, 0, n)
	}
	rest := d.text
	for range n {
		_, behind, err := c.cut(rest)
		if err != nil {
			return err
		}
		rest = behind
		d.ends = append(d.ends, int32(len(d.text)-len(rest)))
	}
	return nil
}

// entry returns the value of that number.
func (d *dictionary) entry(n uint32) ([]byte, error) {
	if int64(n) >= int64(d.entries) {
		return nil, errors.New("a page names a value that its dictionary does not have")
	}
	if d.width > 0 {
		return d.text[int(n)*d.width : (int(n)+1)*d.width], nil
	}
	from := 4
	if n > 0 {
		from += int(d.ends[n-1])
	}
	return d.text[from:d.ends[n]:d.ends[n]], nil
}

// cut takes the first value off.
func (c *Column) cut(in []byte) (raw, rest []byte, err error) {
	size := c.stored.width(c.length)
	if c.stored == byteArrays {
		if len(in) < 4 {
			return nil, nil, errNumbers
		}
		length := binary.LittleEndian.Uint32(in)
		if in = in[4:]; int64(length) > int64(len(in)) {
			return nil, nil, errNumbers
		}
		size = int(length)
	}
	if len(in) < size {
		return nil, nil, errNumbers
	}
	return in[:size:size], in[size:], nil
}
