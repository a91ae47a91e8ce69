package hubspot

// circle notices that the pages of a list lead in a circle, which would have no end.
// It keeps one page's token and compares each later one with it, for twice as many
// pages as the one before (Brent): however long the circle and the way into it are,
// memory is that of one token (L11). The zero circle is of a list that is read from
// its beginning.
type circle struct {
	kept  string // the token that the next ones are compared with
	left  int    // how many more it is compared with before another one is kept
	power int
}

// closes reports whether the page behind the token was read before. It has to be asked
// once for each page that is gone on to.
func (c *circle) closes(after string) bool {
	if after == c.kept {
		return true
	}
	if c.left == 0 {
		c.power = max(2*c.power, 1)
		c.kept, c.left = after, c.power
	}
	c.left--
	return false
}

const errCircle = problem("the next page of a list is one that was read before")
