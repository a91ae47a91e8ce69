package salesrabbit

import (
	"fmt"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// tie is a group of units that share their time and are more than a page
// holds, so that no page can begin before them and reach beyond. A page within
// the group proves nothing, since the group's order may change from call to
// call. One reading in a steady order that brings as many different units as the
// group has places proves that all of it was read. Otherwise it is read once
// more, in pages of another size, until enoughQuiet rounds have brought nothing
// new: then nothing is likely to lack, and it is said that this is no proof.
type tie struct {
	before  place  // where a walk stands in front of the group
	second  second // the time that the units share
	id      string // the member by which units are told apart
	marker  marker
	seen    map[mark]mark // the version of each that was read last, by its id
	from    int           // position of the first of the group
	to      int           // position behind the last one read
	round   int           // how often the group was read before
	fresh   int           // units that this round has brought
	quiet   int           // rounds in a row that brought none
	met     bool          // whether this round has come by it
	returns int           // how often the walk went back within the group
	moved   bool          // whether in this round a page did not follow on the one before
	over    bool          // there are more than are remembered: what else comes counts as new, round after round
	lost    bool          // not all of it came: the walk found no page that follows, or places are left for which no unit came
}

// second is a time that units share: which of their times, and when.
type second struct {
	member string
	at     int64 // microseconds since 1970
}

const (
	// enoughQuiet is how many rounds in a row have to bring nothing new: each of
	// them shows most of the group, and one that is lacking while another has gone
	// is not to be seen by the number. maxRounds is how often a group is read
	// before the walk goes on without all of it, and says so.
	enoughQuiet, maxRounds = 8, 60
	// maxTieReturns is how often a walk goes back within one group, and
	// maxAllReturns within all of them.
	maxTieReturns, maxAllReturns = 100, 1000
	// leastTied is how small the pages of a round may be: smaller ones overlap by
	// too little.
	leastTied = 16
	// maxTied is how many units of a group are remembered (L11).
	maxTied = 200_000
)

// tieOf begins a group whose units are the loose ones of a place.
func tieOf(p place, member, id string, loose []unit) *tie {
	t := &tie{before: p, second: second{member, unknown}, id: id, marker: newMarker(), seen: map[mark]mark{}, from: p.read}
	t.before.tied, t.before.end = 0, p.read
	for _, u := range loose {
		if at := u.time(member); at != unknown {
			t.second.at = at
		}
	}
	t.add(loose, p.end-len(loose))
	return t
}

// add notes the units of a page that belong to the group. It reports whether
// the group ends on it. A unit that comes again, or one that is new among those
// that were read, shows that the order is not the one before.
func (t *tie) add(units []unit, start int) (ended bool) {
	inside, within, before := false, start > t.from && start <= t.to, t.to
	for i, u := range units {
		switch at := u.time(t.second.member); {
		case at == t.second.at:
			if !inside && !within && (i > 0 || start == 0) {
				t.begin(units[:i], start+i)
			}
			inside, t.met, t.to = true, true, start+i+1
		case at == unknown && (inside || within): // it may stand anywhere
		default:
			ended, within = ended || inside, false
			continue
		}
		_, known := t.seen[t.key(u)]
		t.moved = t.moved || known != (start+i < before)
		t.note(u)
	}
	return ended || !inside && start+len(units) > t.from
}

// within reports whether a page begins with a unit of the group that was read:
// then it is one of those that may stand anywhere in the group, and so may all
// that stood before it.
func (t *tie) within(units []unit) bool { return len(units) > 0 && t.has(units[0]) }

// note remembers a unit of the group.
func (t *tie) note(u unit) {
	key := t.key(u)
	if _, known := t.seen[key]; !known {
		t.fresh++
		if t.over = t.over || len(t.seen) == maxTied; t.over {
			return
		}
	}
	t.seen[key] = u.mark
}

// begin notes where the group begins now, behind units that do not belong to
// it.
func (t *tie) begin(units []unit, from int) {
	recent := t.before.recent
	for _, u := range units {
		recent = append(recent, u.mark)
	}
	t.from, t.before = from, place{read: from, end: from, recent: append([]mark(nil), lastOf(recent, max(len(units), tokenRecent))...)}
}

func (t *tie) key(u unit) mark {
	if len(u.records) > 0 {
		if id := rawjson.Member(u.records[0], t.id); id != nil && string(id) != "null" {
			return t.marker.of(id)
		}
	}
	return u.mark
}

// has reports whether a unit of the group was read in this very version.
func (t *tie) has(u unit) bool {
	if t == nil {
		return false
	}
	version, known := t.seen[t.key(u)]
	return known && version == u.mark
}

// size is how many units the group has, as far as is known.
func (t *tie) size() int { return max(t.to-t.from, len(t.seen)) }

// lacking is how many places of the group no unit was read for.
func (t *tie) lacking() int { return t.to - t.from - len(t.seen) }

// settled reports whether the walk can go on behind the group, and what is not
// proved then.
func (t *tie) settled() (yes bool, unsure string) {
	if t.quiet++; t.fresh > 0 {
		t.quiet = 0
	}
	switch {
	case t.over:
		t.lost = true
		return true, fmt.Sprintf("more than %d records share one time, and SalesRabbit may have changed their order while they were read", maxTied)
	case t.lost:
		return true, fmt.Sprintf("%d records share one time and change their order from call to call, so that not all of them may have come", t.size())
	case !t.met: // it is gone
		return true, ""
	case t.round == 0 && t.lacking() <= 0 && !t.moved: // in one steady order
		return true, ""
	case t.quiet >= enoughQuiet && t.lacking() <= 0:
		return true, fmt.Sprintf("%d records share one time and change their order from call to call", t.size())
	case t.round >= maxRounds || t.quiet >= enoughQuiet:
		t.lost = true
		return true, fmt.Sprintf("%d records share one time and change their order from call to call, and %d of them did not come",
			t.size(), max(t.lacking(), 0))
	default:
		t.round++
		t.fresh, t.met, t.moved = 0, false, false
		return false, ""
	}
}
