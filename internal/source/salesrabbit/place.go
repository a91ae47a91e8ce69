package salesrabbit

// place is where a walk stands in the list, and how it finds that place again
// although the list moves. It remembers the last pages only (L11).
type place struct {
	read   int    // position behind the last unit that is settled: whatever comes before it in the order was read
	recent []mark // of the last units settled, in order
	loose  []mark // of the last units that tied with the end of a page: on another page there may be more of their group
	tied   int    // how many of them end the last page
	end    int    // position behind the last unit of the last page
	back   int    // how far before read the next page begins, after a gap was found
	anew   bool   // whether the next page is page 1 once more
	far    int    // the position up to which pages bring nothing new, since they were read before a gap was found
}

// stepBack is how far a walk first goes back when a page does not follow on
// the one before; it doubles until the place is found.
const stepBack = 100

// placeOf is where a checkpoint says that an earlier run stood.
func placeOf(at token) place {
	// That run may have read on without finding anything new.
	return place{read: at.Read, recent: at.Recent, end: at.Read, far: at.Read + len(at.Recent)}
}

// window returns the page to ask for next, of at most so many units. It is
// false when no page that begins before what is settled reaches beyond what
// was read: then the units that tie with each other fill a page.
func (p *place) window(most int) (page, size int, ok bool) {
	page, size = window(p.read-p.back, most)
	return page, size, p.back > 0 || page*size > p.end
}

// fresh returns the units that were not read before, and whether the page
// follows on what was. also knows units that were read long before; head is the
// index of the first unit that has a place in the order.
//
// It does when that is a unit that is settled and has not changed since:
// what stood before that one was read with it, and what stands behind it is on
// this page. A known unit farther down proves nothing, for it may have moved;
// nor does one at the head that ties with others, for they may have changed
// places.
func (p *place) fresh(units []unit, head int, also *tie) (fresh []unit, follows bool) {
	if len(p.recent)+len(p.loose) == 0 && also == nil {
		return units, p.read == 0
	}
	settled := make(map[mark]bool, len(p.recent)+len(p.loose))
	for _, m := range p.loose {
		settled[m] = false
	}
	for _, m := range p.recent {
		settled[m] = true
	}
	fresh = make([]unit, 0, len(units))
	for i, u := range units {
		firm, known := settled[u.mark]
		if i == head {
			follows = firm
		}
		if !known && !also.has(u) {
			fresh = append(fresh, u)
		}
	}
	return fresh, follows
}

// goBack makes the next page begin farther before what is settled.
func (p *place) goBack() {
	p.back = max(stepBack, 2*p.back)
	p.far = max(p.far, p.end)
}

// restart makes page 1 the next page once more.
func (p *place) restart() { p.anew, p.far = true, max(p.far, p.end) }

// returnTo is an earlier place, as it is to a walk that knows what stands
// behind it.
func (p *place) returnTo(earlier place) place {
	earlier.far = max(p.far, p.end)
	earlier.loose = append(append([]mark(nil), p.recent...), p.loose...)
	return earlier
}

// settle notes the units of a page, of which so many at its end tie with each
// other. It reports whether the page lies where the walk has been before it
// went back, so that nothing new on it means nothing. keep is how many units to
// remember.
func (p *place) settle(units []unit, start, tied, keep int) (known bool) {
	end := start + len(units)
	known = end <= p.far && (p.back > 0 || end > p.end || p.anew)
	p.anew, p.back, p.end, p.read = false, 0, end, end-tied
	for _, u := range units[:len(units)-tied] {
		p.recent = append(p.recent, u.mark)
	}
	p.tied = tied
	for _, u := range units[len(units)-tied:] {
		p.loose = append(p.loose, u.mark)
	}
	p.recent, p.loose = lastOf(p.recent, keep), lastOf(p.loose, keep)
	return known
}

// lastOf returns the last n marks or, if there are fewer, all of them.
func lastOf(marks []mark, n int) []mark {
	if len(marks) <= n {
		return marks
	}
	return append([]mark(nil), marks[len(marks)-n:]...)
}

// firm settles the units that tie with each other as they are.
func (p *place) firm() {
	p.recent = append(p.recent, p.loose[len(p.loose)-p.tied:]...)
	p.read, p.tied = p.end, 0
}
