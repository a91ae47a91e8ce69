package simulate

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse"
)

// settings are what a world is from its beginning to its end.
type settings struct {
	leads    int
	users    int
	overlap  time.Duration // how far Warren goes back before the last change
	lag      time.Duration // how late lists show a change
	skew     time.Duration
	jump     bool
	traps    sandbox.Traps
	most     int // the greatest page that the source gives
	stale    time.Duration
	stream   string
	template bool // whether the warehouse begins with its tables
	look     int  // how many records a run looks at when it has ended
	ties     ties
	limit    float64 // the share of the rows that one run may mark as deleted
}

func newSettings(d dice) settings {
	s := settings{leads: d.between(5, 60), users: int(d.span(4, 300)), most: 2000, stream: "leads", template: !d.chance(5), limit: one(d, 1, 1, 1, 0.1)}
	if d.chance(20) {
		s.leads = d.between(60, 150)
	}
	if d.chance(15) {
		s.stream = one(d, "users", "leadStatusHistories", "leadStatuses")
	}
	if !d.chance(15) {
		s.overlap = one(d, 5*time.Second, time.Minute, 5*time.Minute)
	}
	if d.chance(30) {
		s.skew = time.Duration(d.between(-600, 600)) * time.Second
	}
	s.traps = sandbox.Traps{IgnoreSort: d.chance(10), NoMeta: d.chance(10), IgnorePerPage: d.chance(7), UsersRepeat: d.chance(30)}
	if d.chance(20) {
		s.traps.Dirty = 0.2
	}
	if d.chance(15) || s.traps.IgnorePerPage {
		s.most = d.between(7, 30) // see window in the connector: below seven, pages may not overlap
	}
	// Pages of a size that is neither obeyed nor told cannot be put together: the
	// connector fails, and says so.
	s.traps.NoMeta = s.traps.NoMeta && !s.traps.IgnorePerPage
	if s.overlap > 0 { // what is late or uncertain must be covered by the overlap
		s.jump = d.chance(15)
		s.traps.Exclusive = d.chance(10)
		late := d.span(100*time.Millisecond, s.overlap-3*time.Second)
		switch roll := d.IntN(10); {
		case roll < 2:
			s.lag = late
		case roll < 4:
			s.stale = late
		}
	}
	s.traps.Lag = s.lag
	return s
}

// exact reports whether the connector promises to miss nothing in an
// incremental run. Where the source has a page size of its own, pages cannot
// overlap, and where a page of leads has no order, none follows on another; it
// says so.
func (s *settings) exact() bool { return !s.traps.IgnorePerPage && !s.ties.wide }

// calls is more than any run has reason to make. Where a second holds more
// leads than a page and gives them no order, it takes many to see them all.
func (s *settings) calls() int {
	if s.ties.crowd > 0 && !s.ties.fit() {
		return 12_000
	}
	return 1500
}

// world is everything that one life takes place in.
type world struct {
	seed     uint64
	options  Options
	settings settings
	clock    crm.Clock // the time of the machine that Warren runs on
	story    *Story
	account  *sandbox.Server
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
		seed: seed, options: o, settings: newSettings(newDice(seed, "world")), clock: clock, story: newStory(clock),
		token: fmt.Sprintf("token-of-seed-%d", seed), dice: newDice(seed, "life"),
		facts: map[string]fact{}, twins: map[string]bool{},
	}
	w.settings.tie(newTies(newDice(seed, "ties"), &w.settings))
	source := salesrabbit.Source()
	w.stream, _ = source.Stream(w.settings.stream)
	own := crmClock{Clock: clock, skew: w.settings.skew, jump: w.settings.jump}
	w.account = sandbox.New(sandbox.Config{
		Records: w.settings.leads, Users: w.settings.users, Seed: seed, Token: w.token, Clock: own, MaxPerPage: w.settings.most, Traps: w.settings.traps,
	})
	w.people = newPeople(w)
	w.hand = newHand(w)
	w.config = newConfig(w, w.stream, w.settings.limit)
	w.verify, w.replay = newDice(seed, "verify"), newDice(seed, "replay")
	w.settings.look = one(w.verify, 0, 0, 5, 20)
	w.wire = newWire(w, own)
	w.describe()
	var err error
	w.db, err = o.Open(ctx, clock, w.settings.template)
	return w, err
}

// describe tells what kind of world it is.
func (w *world) describe() {
	s := w.settings
	w.story.tell(World, "seed %d: %s of an account with %d leads, overlap %s", w.seed, s.stream, s.leads, s.overlap)
	for _, c := range []struct {
		is   bool
		kind Kind
		more any
	}{
		{s.lag > 0, WorldLag, s.lag}, {s.skew != 0, WorldSkew, s.skew}, {s.jump, WorldJump, ""}, {s.overlap == 0, WorldNoOverlap, ""},
		{s.traps.NoMeta, WorldNoMeta, ""}, {s.traps.IgnoreSort, WorldSorted, ""}, {s.traps.IgnorePerPage, WorldFixed, ""},
		{s.ties.crowd > 0, WorldTies, s.ties.crowd}, {s.ties.wide, WorldWideTies, ""},
		{s.traps.Exclusive, WorldExclusive, ""}, {s.traps.Dirty > 0, WorldDirty, s.traps.Dirty}, {s.most < 2000, WorldSmallMax, s.most},
		{!s.template, WorldEmptyFile, ""}, {w.config.deletes.How == crm.DeletesHard, WorldHard, ""}, {w.config.deletes.How == crm.DeletesOff, WorldNoDeletes, ""},
	} {
		if c.is {
			w.story.happened(c.kind, World, "a %s %v", c.kind, c.more)
		}
	}
}
