package seen

import "slices"

// comparison is that of a walk and a table which are too large to be held in memory.
type comparison struct {
	most        int64
	walk, table *shares
	marks       []uint64 // of the walk's share at hand, sorted, each once
	gone        []uint64 // of rows that the walk has not shown
	rows, shown int64
}

// deal deals out the walk, of so many ids, to shares that each fit into memory.
func (c *comparison) deal(w Walk, total int64) (err error) {
	n := uint64((total + c.most - 1) / c.most)
	if c.walk, err = newShares(n); err != nil {
		return err
	}
	if c.table, err = newShares(n); err != nil {
		return err
	}
	even := total / int64(n)
	c.marks = make([]uint64, 0, even+even/8+1)
	return w.each(c.walk.add)
}

// compare hands on the marks of rows that the walk has not shown, sorted and not more
// than most of them at a time.
func (c *comparison) compare(handOn func(gone []uint64) error) error {
	for share := range c.walk.open {
		if err := c.take(share); err != nil {
			return err
		}
		c.shown += int64(len(c.marks))
		err := c.table.each(share, func(m uint64) error {
			c.rows++
			if has(c.marks, m) {
				return nil
			}
			if c.gone = append(c.gone, m); int64(len(c.gone)) < c.most {
				return nil
			}
			return c.flush(handOn)
		})
		if err != nil {
			return err
		}
	}
	return c.flush(handOn)
}

func (c *comparison) flush(handOn func(gone []uint64) error) error {
	if len(c.gone) == 0 {
		return nil
	}
	err := handOn(distinct(c.gone))
	c.gone = c.gone[:0]
	return err
}

// take reads a share of the walk.
func (c *comparison) take(share int) error {
	marks := c.marks[:0]
	err := c.walk.each(share, func(m uint64) error {
		if len(marks) == cap(marks) {
			// What was shown again and again takes no more room than once
			// (L11), and only what is left may need more.
			if marks = distinct(marks); len(marks) > cap(marks)-cap(marks)/8 {
				marks = slices.Grow(marks, cap(marks)/4+1)
			}
		}
		marks = append(marks, m)
		return nil
	})
	c.marks = distinct(marks)
	return err
}

func (c *comparison) close() {
	for _, s := range []*shares{c.walk, c.table} {
		if s != nil {
			s.close()
		}
	}
}
