package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

const (
	magic = "PAR1"
	// maxFooter bounds what a file says of itself; Athena's need some kilobytes.
	maxFooter = 16 << 20
	// tailSize is what is read of a file's end at first: mostly all of the footer.
	tailSize = 64 << 10
	// maxColumns bounds the columns of a file; Athena has a few hundred at the most.
	maxColumns = 2_000
)

// footer is what a file says of itself.
type footer struct {
	columns []Column
	groups  []group
}

// group is a part of a file's rows.
type group struct {
	rows   int64
	chunks []chunk // of each column
}

// chunk is one column's values of a group.
type chunk struct {
	stored       int64
	codec        int64
	values       int64
	offset, size int64 // of its pages in the file
	elsewhere    bool  // in another file, or encrypted
	path         []string
}

// readFooter reads and checks the footer of a file of that many bytes.
func readFooter(from io.ReaderAt, size int64) (*footer, error) {
	const least = int64(2*len(magic) + 4)
	if size < least {
		return nil, fmt.Errorf("%d bytes are too few", size)
	}
	tail := make([]byte, min(size, tailSize))
	if err := readAt(from, tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	end := len(tail) - 8
	length := int64(binary.LittleEndian.Uint32(tail[end:]))
	switch {
	case string(tail[end+4:]) != magic:
		return nil, errors.New("it does not end as Parquet does")
	case length > maxFooter:
		return nil, fmt.Errorf("%w: its footer has %d bytes", ErrTooLarge, length)
	case length > size-least:
		return nil, errors.New("its footer is longer than itself")
	}
	text := tail[max(0, end-int(length)):end]
	if int64(len(text)) < length {
		text = make([]byte, length)
		if err := readAt(from, text, size-8-length); err != nil {
			return nil, err
		}
	}
	f, err := parseFooter(text, size-8-length)
	if err != nil {
		return nil, fmt.Errorf("its footer: %w", err)
	}
	return f, nil
}

// readAt is ReadAt that ends with an error unless all was read.
func readAt(from io.ReaderAt, p []byte, at int64) error {
	n, err := from.ReadAt(p, at)
	switch {
	case n == len(p):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return errShort
	}
	return err
}

// parseFooter reads a footer whose file's pages end at that place.
func parseFooter(text []byte, end int64) (*footer, error) {
	t := thrift{in: text}
	var f footer
	var rows int64
	encrypted := false
	var elements []element
	t.structure(thriftStruct, func(id int64, kind byte) {
		switch id {
		case 2:
			t.list(kind, func(kind byte) {
				if elements = append(elements, t.element(kind)); len(elements) > maxColumns+1 {
					t.fail(fmt.Errorf("%w: it has more than %d columns", ErrTooLarge, maxColumns))
				}
			})
			t.fail(f.schema(elements))
		case 3:
			rows = t.int(kind)
		case 4:
			t.list(kind, func(kind byte) {
				g := t.group(kind)
				t.fail(g.check(f.columns, end))
				f.groups = append(f.groups, g)
			})
		case 8:
			encrypted = true
		}
	})
	switch {
	case t.err != nil:
		return nil, t.err
	case encrypted:
		return nil, errors.New("the file is encrypted")
	case len(f.columns) == 0:
		return nil, errors.New("it has no columns")
	}
	for _, g := range f.groups {
		rows -= g.rows
	}
	if rows != 0 {
		return nil, errors.New("its groups have more or fewer rows than it has")
	}
	return &f, nil
}

// schema makes columns of the entries behind the root.
func (f *footer) schema(elements []element) error {
	if len(elements) == 0 || f.columns != nil {
		return errors.New("it has no schema")
	}
	seen := map[string]bool{}
	for i := range elements[1:] {
		c, err := elements[1+i].column()
		if err != nil {
			return err
		}
		if seen[c.Name] {
			return fmt.Errorf("two columns are called %s", quoted(c.Name))
		}
		seen[c.Name] = true
		f.columns = append(f.columns, c)
	}
	if elements[0].children != int64(len(f.columns)) {
		return errors.New("its schema has more or fewer columns than it says")
	}
	return nil
}

func (t *thrift) group(kind byte) (g group) {
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			t.list(kind, func(kind byte) {
				if g.chunks = append(g.chunks, t.chunk(kind)); len(g.chunks) > maxColumns {
					t.fail(errors.New("a group has other columns than the file"))
				}
			})
		case 3:
			g.rows = t.int(kind)
		}
	})
	return g
}

func (t *thrift) chunk(kind byte) (c chunk) {
	described := false
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			c.elsewhere = len(t.binary(kind)) > 0
		case 8:
			c.elsewhere = true
		case 3:
			described = true
			t.describeChunk(kind, &c)
		}
	})
	if !described { // an entry that says nothing would take more room here than there
		t.fail(errors.New("a column of a group is not described"))
	}
	return c
}

func (t *thrift) describeChunk(kind byte, c *chunk) {
	dictionary := int64(0)
	t.structure(kind, func(id int64, kind byte) {
		switch id {
		case 1:
			c.stored = t.int(kind)
		case 3:
			t.list(kind, func(kind byte) {
				name := t.binary(kind)
				if c.path = append(c.path, string(name)); len(c.path) > maxDepth {
					t.fail(errors.New("a column is nested too deep"))
				}
			})
		case 4:
			c.codec = t.int(kind)
		case 5:
			c.values = t.int(kind)
		case 7:
			c.size = t.int(kind)
		case 9:
			c.offset = t.int(kind)
		case 11:
			dictionary = t.int(kind)
		}
	})
	if dictionary > 0 { // it stands ahead of the values
		c.offset = min(c.offset, dictionary)
	}
}

// check says what is wrong with a group of a file whose pages end at that place.
func (g *group) check(columns []Column, end int64) error {
	if len(g.chunks) != len(columns) || g.rows < 0 {
		return errors.New("a group has other columns than the file")
	}
	for i := range g.chunks {
		c, of := &g.chunks[i], &columns[i]
		switch {
		case c.elsewhere:
			return fmt.Errorf("the values of the column %s are encrypted or in another file", quoted(of.Name))
		case c.stored != int64(of.stored) || len(c.path) != 1 || c.path[0] != of.Name:
			return fmt.Errorf("a group has other columns than the file in place of %s", quoted(of.Name))
		case c.values != g.rows:
			return fmt.Errorf("the column %s has %d values for %d rows", quoted(of.Name), c.values, g.rows)
		case c.offset < int64(len(magic)) || c.size < 0 || c.offset > end || c.size > end-c.offset:
			return fmt.Errorf("the values of the column %s are not in the file", quoted(of.Name))
		}
		c.path = nil
	}
	return nil
}
