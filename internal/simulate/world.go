package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// settings are what a world is from its beginning to its end, whatever its source.
type settings struct {
	overlap  time.Duration // how far Warren goes back before the last change
	lag      time.Duration // how late the source shows a change
	skew     time.Duration
	jump     bool
	stale    time.Duration
	stream   string
	template bool    // whether the warehouse begins with its tables
	look     int     // how many records a run looks at when it has ended
	limit    float64 // the share of the rows that one run may mark as deleted
}

// world is everything that one life takes place in.
type world struct {
	seed     uint64
	options  Options
	settings settings
	clock    crm.Clock // the time of the machine that Warren runs on
	story    *Story
	company  company
	people   *people
	hand     *hand
	config   *config
	wire     *wire
	stream   crm.Stream
	token    string
	db       warehouse.Driver // the warehouse as the judge sees it: no fault befalls it
	dice     dice
	verify   dice // which runs compare
	replay   dice // which are of the quarantine
	started  int  // processes so far
	seen     seen
	twins    map[string]bool // keys that two records share
	facts    map[string]fact // what was read of records, by their bytes
}

func newWorld(ctx context.Context, seed uint64, o Options) (*world, error) {
	clock := crm.SystemClock{} // virtual inside a bubble
	w := &world{
		seed: seed, options: o, clock: clock, story: newStory(clock),
		token: fmt.Sprintf("token-of-seed-%d", seed), dice: newDice(seed, "life"),
		facts: map[string]fact{}, twins: map[string]bool{},
	}
	w.people = newPeople(w)
	var err error
	if w.company, err = companies()[o.Source].open(w, newDice(seed, "world")); err != nil {
		return nil, err
	}
	source := w.company.source()
	w.stream, _ = source.Stream(w.settings.stream)
	w.hand = newHand(w)
	w.config = newConfig(w, w.stream, w.settings.limit)
	w.verify, w.replay = newDice(seed, "verify"), newDice(seed, "replay")
	w.settings.look = one(w.verify, 0, 0, 5, 20)
	w.wire = newWire(w)
	w.describe()
	w.db, err = o.Open(ctx, clock, w.settings.template)
	return w, err
}

// sourceClock is the clock of the source's servers.
func (w *world) sourceClock() crmClock {
	return crmClock{Clock: w.clock, skew: w.settings.skew, jump: w.settings.jump}
}

// describe tells what kind of world it is.
func (w *world) describe() {
	s := w.settings
	w.story.tell(World, "seed %d: %s of %s, overlap %s", w.seed, s.stream, w.options.Source, s.overlap)
	for _, t := range append(w.company.traits(),
		trait{s.lag > 0, WorldLag, s.lag}, trait{s.skew != 0, WorldSkew, s.skew}, trait{s.jump, WorldJump, ""}, trait{s.overlap == 0, WorldNoOverlap, ""},
		trait{!s.template, WorldEmptyFile, ""}, trait{w.config.deletes.How == crm.DeletesHard, WorldHard, ""}, trait{w.config.deletes.How == crm.DeletesOff, WorldNoDeletes, ""},
	) {
		if t.is {
			w.story.happened(t.kind, World, "a %s %v", t.kind, t.more)
		}
	}
}
