package salesrabbit

import (
	"math"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// order is what a walk has learned of how the list is sorted.
//
// Lists are sorted by a time, and a time is no order among the records of one
// second: a bulk import makes thousands of them, and the next call may show
// them in another order. So the walk has to know where such a group ends.
// Which time it is that the source sorts by is not known for certain, since
// sources ignore what they are asked; but any page in which a time goes up and
// down shows that it is not that one.
type order struct {
	members []string // the times by which the list may be sorted
}

// sortedBy names the members that a stream's list can be sorted by, the one
// that is asked for first.
func sortedBy(stream crm.Stream, d dialect) order {
	created, modified := "dateCreated", "dateModified"
	switch stream.Name {
	case "leads":
	case "leadStatusHistories":
		created, modified = "leadCreated", "leadModified"
	default:
		return order{} // they come whole
	}
	if d.byChange {
		return order{[]string{modified, created}}
	}
	return order{[]string{created, modified}}
}

// looked is how many units before the last group of a page are looked at to see
// whether they are sorted.
const looked = 64

// tied returns how many units at the end of a page may stand in another order
// on the next one, and by which time: those that share it with the last. It is
// the first time that no page has disproved, also where all of a page share it: a
// later one may look sorted for want of values. It returns 0 when the list is
// sorted by nothing that is known.
func (o *order) tied(units []unit) (n int, by string) {
	var sorted []string
	for _, member := range o.members {
		group, is := tail(units, member)
		if !is {
			continue
		}
		if sorted = append(sorted, member); n == 0 { // of a time that no unit has, nothing is known
			n, by = group, member
		}
	}
	o.members = sorted
	return n, by
}

// tail returns how many units at the end share the time of the last, and
// whether the last units are sorted by it, up or down. Units without that time
// may stand anywhere.
func tail(units []unit, member string) (group int, sorted bool) {
	up, down := false, false
	behind := int64(unknown)
	for i := len(units) - 1; i >= 0; i-- {
		at := units[i].time(member)
		if at != unknown && behind != unknown {
			up, down = up || at < behind, down || at > behind
		}
		if up && down {
			return 0, false
		}
		if !up && !down {
			group++
		} else if len(units)-i > group+looked {
			break
		}
		if at != unknown {
			behind = at
		}
	}
	if behind == unknown {
		return 0, true // nothing is known of it
	}
	return group, true
}

// head returns the index of the first unit of a page that has its place in the
// order for certain, as long as it does not change: one without a time among
// others that have one may have moved although its bytes are the same.
func (o *order) head(units []unit) int {
	timed := func(u unit) bool {
		return slices.ContainsFunc(o.members, func(member string) bool { return u.time(member) != unknown })
	}
	return max(0, slices.IndexFunc(units, timed))
}

// unknown is the time of a unit that has none.
const unknown = math.MinInt64

// time returns one of the times of a unit, in microseconds since 1970.
func (u unit) time(member string) int64 {
	if len(u.records) == 0 {
		return unknown
	}
	text, ok := rawjson.Unquote(nil, rawjson.Member(u.records[0], member))
	if !ok {
		return unknown
	}
	micros, _, err := literal.Timestamp(text)
	if err != nil {
		return unknown
	}
	return micros
}
