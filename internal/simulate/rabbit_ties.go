package simulate

// ties are leads of the same second, which the source puts in another order
// with each call. Where all of a second fit twice into a page, a connector can
// make sure of all of them; where they do not, it can only say that it cannot.
type ties struct {
	crowd int  // the most leads that are touched in one second; 0 for a world without ties
	least int  // the smallest page that a process asks for
	most  int  // and the greatest
	wide  bool // whether more may be touched in one second than a page holds
}

// newTies draws the ties of a world. It needs pages of the size that was asked
// for, or nothing can be made sure of.
func newTies(d dice, c *rabbit) (t ties) {
	if !d.chance(10) || c.traps.IgnorePerPage || c.most < 2000 {
		return ties{}
	}
	t.crowd = one(d, 10, 10, 10, 20, 20, 40)
	if t.wide = d.chance(5); t.wide {
		t.crowd, t.least, t.most = 40, 7, 37
		return t
	}
	return t.fitting()
}

// fitting asks for pages that hold all of a second twice.
func (t ties) fitting() ties {
	t.least, t.most = 2*t.crowd, 2*t.crowd+30
	return t
}

// fit reports whether all of a second fits twice into a page.
func (t ties) fit() bool { return t.least >= 2*t.crowd }

// room reports whether people may still touch so many leads in this second.
func (c *rabbit) room(n int) bool {
	crowd := c.ties.crowd
	if crowd == 0 {
		return true
	}
	second := max(c.State().LastModified.Unix(), c.world.wire.clock.Now().Unix())
	if second != c.second {
		c.second, c.touched = second, 0
	}
	if c.touched+n > crowd {
		return false
	}
	c.touched += n
	return true
}

// bulk imports many leads at once, now and then; "" when it does not.
func (c *rabbit) bulk() (Kind, string) {
	crowd := c.ties.crowd
	if crowd == 0 || !c.imports.chance(15) {
		return "", ""
	}
	n := c.imports.between(5, crowd)
	if !c.room(n) {
		return "", ""
	}
	return LeadsImported, named("imported at once", c.appear(c.Insert(n)))
}
