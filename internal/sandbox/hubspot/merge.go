package hubspot

import (
	"maps"
	"slices"
)

// Merge merges the losers into the winner and returns the survivor's id: the
// winner's, or a new one under the newid trap, when the winner vanishes as well.
// The survivor is modified now and names the others in hs_merged_object_ids; it
// takes over their associations. It is false when one of them is not active, or
// when they are the same record.
func (a *Account) Merge(typ string, winner int64, losers ...int64) (survivor int64, ok bool) {
	all := append([]int64{winner}, losers...)
	a.live(typ, func(l *life) []int64 {
		rows := l.rows(l.t, These(all...), isActive)
		if len(rows) != len(all) || len(rows) < 2 {
			return nil
		}
		survivor, ok = l.merge(rows[0], rows[1:]), true
		return nil
	})
	return survivor, ok
}

func (l *life) merge(winner int, losers []int) int64 {
	row := winner
	over := &overlay{values: map[string]*string{}}
	before := l.t.overlays[winner]
	if before != nil {
		maps.Copy(over.values, before.values)
		over.merged = slices.Clone(before.merged)
	}
	if l.traps.NewID {
		row = l.add(l.t.objects[winner], nil)
		losers = append([]int{winner}, losers...)
	}
	o := l.edit(row)
	o.version++
	o.modified = l.now
	for _, loser := range losers {
		l.become(loser, merged)
		l.t.mergedInto[loser] = row
		if taken := l.t.overlays[loser]; taken != nil && loser != winner {
			over.merged = append(over.merged, taken.merged...)
		}
		over.merged = append(over.merged, l.t.id(loser))
	}
	l.t.overlays[row] = over
	event := Event{
		PrimaryObjectID: l.t.id(winner), MergedObjectIDs: l.t.ids(losers), NewObjectID: l.t.id(row), PropertiesMoved: 3,
	}
	if row != winner {
		event.MergedObjectIDs = event.MergedObjectIDs[1:]
	}
	l.tell(row, "merge", event)
	return l.t.id(row)
}

// survivor follows merges to the row that a record is in now.
func (t *table) survivor(row int) int {
	for {
		into, ok := t.mergedInto[row]
		if !ok {
			return row
		}
		row = into
	}
}
