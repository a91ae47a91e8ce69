package salesrabbit

import (
	"math"

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

// sortedBy names the members that a stream's list can be sorted by.
func sortedBy(stream crm.Stream) order {
	switch stream.Name {
	case "leads":
		return order{[]string{"dateCreated", "dateModified", "statusModified"}}
	case "leadStatusHistories":
		return order{[]string{"leadCreated", "leadModified"}}
	default:
		return order{} // they come whole
	}
}

// looked is how many units at the end of a page are looked at to see whether
// they are sorted.
const looked = 64

// tied returns how many units at the end of a page may stand in another order
// on the next one, and by which time: those that share it with the last. It
// returns all of them when nothing shows where the group begins, and 0 when the
// list is sorted by nothing that is known.
func (o *order) tied(units []unit) (n int, by string) {
	spans := ""
	var sorted []string
	for _, member := range o.members {
		group, is := tail(units, member)
		if !is {
			continue
		}
		sorted = append(sorted, member)
		if group == len(units) {
			spans = member
		} else if group > n {
			n, by = group, member
		}
	}
	o.members = sorted
	if n == 0 && spans != "" {
		return len(units), spans
	}
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
		} else if len(units)-i > looked {
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
