package hubspot

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// history is how far back the data of a new account reaches.
const history = 3 * 365 * 24 * time.Hour

// keptArchived is how long lists show an archived record; after that nothing
// remains of it.
const keptArchived = 90 * 24 * time.Hour

// fate is what has become of a record.
type fate uint8

const (
	active fate = iota
	archived
	merged // into another, which has its id in hs_merged_object_ids
	gone   // deleted for good, or not made yet
)

// object is the state of one record. All the rest of its JSON follows from the
// seed, its origin and its version. Times are ms since 1970.
type object struct {
	created    int64
	modified   int64
	archivedAt int64
	origin     uint32 // the row after which its values are drawn: its own, but of a record that a merge made
	version    uint32 // grows with each change
	calculated uint32 // grows with each recalculation
	fate       fate
	imported   bool
}

// seedObject returns the record in that row, of so many, as it stood at the
// start.
func (c *Config) seedObject(k *kind, row, count int) object {
	r := people.NewRand(c.Seed, drawState, uint64(k.number), uint64(row))
	start, span := c.Start.UnixMilli(), history.Milliseconds()
	// Rows lie in the order of their creation, evenly over the whole time.
	slot := max(span/int64(count), 1)
	o := object{origin: uint32(row), created: start - span + span*int64(row)/int64(count)}
	o.created = min(o.created+int64(r.Below(int(slot))), start)
	o.modified = o.created
	if r.Percent(70) {
		o.version = uint32(1 + r.Below(6))
		o.modified += int64(r.Below(int(start-o.created) + 1))
	}
	if r.Below(200) == 0 {
		o.fate = archived
		o.archivedAt = max(o.modified, start-int64(r.Below(int((80*24*time.Hour).Milliseconds()))))
	}
	return o
}

// isActive reports whether lists and search show the record.
func isActive(o *object) bool { return o.fate == active }

// isArchived reports whether lists of archived records show it at now (ms since
// 1970).
func (o *object) isArchived(now int64) bool {
	return o.fate == archived && now-o.archivedAt < keptArchived.Milliseconds()
}

// overlay is what of a record does not follow from the seed. It is never
// written to: a change puts another in its place.
type overlay struct {
	values map[string]*string // by property; nil: null
	merged []int64            // ids of the records that it has taken up
}

// entry is one record as it is to be shown: a copy, good without the lock.
type entry struct {
	object

	kind *kind
	row  int
	id   int64
	over *overlay
}
