package salesrabbit

import (
	"cmp"
	"slices"
	"sort"
)

// dropped marks a row that stands in no timeline.
const dropped = ^uint32(0)

// timeline keeps the listed leads in the order of one of their times. As times
// only grow, a change moves its lead to the end; the place that it leaves is
// closed when the order is next asked for. It is made at the first asking.
type timeline struct {
	rows  []uint32 // leads in order, oldest first; stale places among them
	place []uint32 // by row: its index in rows, or dropped
	stale int
}

// ready makes the timeline if it has not been made.
func (t *timeline) ready(leads []lead, at func(*lead) uint32) {
	if t.place != nil {
		return
	}
	keys := make([]uint64, 0, len(leads))
	for row := range leads {
		if leads[row].listed() {
			keys = append(keys, uint64(at(&leads[row]))<<32|uint64(row))
		}
	}
	slices.SortFunc(keys, cmp.Compare[uint64])
	t.rows = make([]uint32, len(keys))
	t.place = make([]uint32, len(leads))
	for row := range t.place {
		t.place[row] = dropped
	}
	for i, key := range keys {
		t.rows[i] = uint32(key)
		t.place[uint32(key)] = uint32(i)
	}
}

// move puts the row at the end.
func (t *timeline) move(row int) {
	if t.place == nil {
		return
	}
	if row == len(t.place) {
		t.place = append(t.place, dropped)
	}
	t.drop(row)
	t.place[row] = uint32(len(t.rows))
	t.rows = append(t.rows, uint32(row))
}

// put puts a row that stands in no order where its time belongs.
func (t *timeline) put(leads []lead, row int, at func(*lead) uint32) {
	if t.place == nil {
		return
	}
	rows := t.order()
	i := sort.Search(len(rows), func(i int) bool { return at(&leads[rows[i]]) > at(&leads[row]) })
	t.rows = slices.Insert(rows, i, uint32(row))
	for ; i < len(t.rows); i++ {
		t.place[t.rows[i]] = uint32(i)
	}
}

// drop takes the row out.
func (t *timeline) drop(row int) {
	if t.place == nil || t.place[row] == dropped {
		return
	}
	t.place[row] = dropped
	t.stale++
}

// order returns the rows, oldest first. It is good until the next change.
func (t *timeline) order() []uint32 {
	if t.stale == 0 {
		return t.rows
	}
	kept := t.rows[:0]
	for i, row := range t.rows {
		if t.place[row] == uint32(i) {
			t.place[row] = uint32(len(kept))
			kept = append(kept, row)
		}
	}
	t.rows, t.stale = kept, 0
	return kept
}
