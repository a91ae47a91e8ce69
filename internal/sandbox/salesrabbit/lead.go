package salesrabbit

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// firstID is the id of the first lead; the others follow one by one.
const firstID = 10_000_001

// history is how far back the data of a new account reaches.
const history = 3 * 365 * 24 * time.Hour

// nobody is the owner of a lead that no user owns.
const nobody = 0xffff

// lead is the state of one lead: 28 bytes. All the rest of its JSON follows
// from the seed, its row (its place among all leads) and its version. Times are
// seconds since 1970.
type lead struct {
	created        uint32
	modified       uint32
	statusModified uint32
	ownerModified  uint32
	deleted        uint32 // 0: not deleted
	version        uint32
	owner          uint16 // the row of a user, or nobody
	status         uint8
	gone           bool // deleted without a trace: in no list
}

// The purposes for which random numbers are drawn.
const (
	drawState = iota + 1
	drawIdentity
	drawContent
	drawHistory
	drawDirty
	drawChange
	drawUser
	drawPick
	drawTies
)

// seedLead returns the lead in that row as it stood at the start.
func (c *Config) seedLead(row int) lead {
	r := people.NewRand(c.Seed, drawState, uint64(row))
	start := c.Start.Unix()
	span := int64(history / time.Second)
	// Rows lie in the order of their creation, evenly over the whole time.
	slot := max(span/int64(c.Records), 1)
	created := start - span + span*int64(row)/int64(c.Records)
	created = min(created+int64(r.Below(int(slot))), start)
	l := lead{created: uint32(created), modified: uint32(created), owner: c.newOwner(&r), status: newStatus(&r)}
	if r.Percent(70) {
		l.version = uint32(1 + r.Below(6))
		l.modified = between(&r, created, start)
	}
	l.statusModified = between(&r, created, int64(l.modified))
	l.ownerModified = between(&r, created, int64(l.modified))
	if r.Below(200) == 0 {
		l.deleted = l.modified
	}
	return l
}

func between(r *people.Rand, from, to int64) uint32 {
	return uint32(from + int64(r.Below(int(to-from)+1)))
}

func (c *Config) newOwner(r *people.Rand) uint16 {
	if r.Percent(3) {
		return nobody
	}
	return uint16(r.Below(c.Users))
}

// listed reports whether lists show the lead.
func (l *lead) listed() bool { return !l.gone }

// alive reports whether the lead is neither deleted nor gone.
func (l *lead) alive() bool { return !l.gone && l.deleted == 0 }
