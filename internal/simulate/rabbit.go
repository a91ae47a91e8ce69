package simulate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
)

// rabbit is an account of SalesRabbit.
type rabbit struct {
	*sandbox.Server

	world *world
	dice  dice
	traps sandbox.Traps
	most  int // the greatest page that the source gives
	leads int
	users int
	ties  ties

	deleted  []int64 // leads that may be restored
	planted  int
	nameless map[int64]bool // leads whose record has no usable id

	reappear dice
	listed   map[int64]time.Time // from when on leads were shown that were not shown from the beginning all the time
	back     map[int64]time.Time // when leads were shown again that had not changed

	imports dice
	second  int64 // of the source's clock, and how many leads were touched in it
	touched int
}

// newRabbit draws an account, and what the world around it is like.
func newRabbit(w *world, d dice) (company, error) {
	c := &rabbit{
		world: w, dice: w.people.dice, imports: newDice(w.seed, "imports"), reappear: newDice(w.seed, "reappear"),
		nameless: map[int64]bool{}, back: map[int64]time.Time{}, listed: map[int64]time.Time{},
	}
	c.draw(d, &w.settings)
	c.ties = newTies(newDice(w.seed, "ties"), c)
	c.traps.ShuffleTies = c.ties.crowd > 0
	c.Server = sandbox.New(sandbox.Config{
		Records: c.leads, Users: c.users, Seed: w.seed, Token: w.token, Clock: w.sourceClock(), MaxPerPage: c.most, Traps: c.traps,
	})
	return c, nil
}

func (c *rabbit) draw(d dice, s *settings) {
	c.leads, c.users, c.most = d.between(5, 60), int(d.span(4, 300)), 2000
	*s = settings{stream: "leads", template: !d.chance(5), limit: one(d, 1, 1, 1, 0.1)}
	if d.chance(20) {
		c.leads = d.between(60, 150)
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
	c.traps = sandbox.Traps{IgnoreSort: d.chance(10), NoMeta: d.chance(10), IgnorePerPage: d.chance(7), UsersRepeat: d.chance(30)}
	if d.chance(20) {
		c.traps.Dirty = 0.2
	}
	if d.chance(15) || c.traps.IgnorePerPage {
		c.most = d.between(7, 30) // see window in the connector: below seven, pages may not overlap
	}
	// Pages of a size that is neither obeyed nor told cannot be put together: the
	// connector fails, and says so.
	c.traps.NoMeta = c.traps.NoMeta && !c.traps.IgnorePerPage
	if s.overlap > 0 { // what is late or uncertain must be covered by the overlap
		s.jump = d.chance(15)
		c.traps.Exclusive = d.chance(10)
		late := d.span(100*time.Millisecond, s.overlap-3*time.Second)
		switch roll := d.IntN(10); {
		case roll < 2:
			s.lag = late
		case roll < 4:
			s.stale = late
		}
	}
	c.traps.Lag = s.lag
}

func (*rabbit) source() crm.Source { return salesrabbit.Source() }

// perPage asks for pages in which the leads of one second have room, or have not.
func (c *rabbit) perPage(drawn int) int {
	if c.ties.crowd > 0 {
		return c.ties.least + drawn%(c.ties.most-c.ties.least)
	}
	return drawn
}

func (c *rabbit) values(perPage int) map[string]string {
	return map[string]string{"url": endpoint, "token": c.world.token, "rate": "0", "page_size": strconv.Itoa(perPage)}
}

func (*rabbit) bounds() bounds { return bounds{"latitude", "-40", "40"} }

func (c *rabbit) traits() []trait {
	return []trait{
		{c.traps.NoMeta, WorldNoMeta, ""},
		{c.traps.IgnoreSort, WorldSorted, ""},
		{c.traps.IgnorePerPage, WorldFixed, ""},
		{c.ties.crowd > 0, WorldTies, c.ties.crowd},
		{c.ties.wide, WorldWideTies, ""},
		{c.traps.Exclusive, WorldExclusive, ""},
		{c.traps.Dirty > 0, WorldDirty, c.traps.Dirty},
		{c.most < 2000, WorldSmallMax, c.most},
	}
}

func (*rabbit) call(r *http.Request) string {
	query := r.URL.Query()
	return "page " + query.Get("page") + " of " + query.Get("perPage")
}

// promise: where the source has a page size of its own, pages cannot overlap, and
// where a page of leads has no order, none follows on another; Warren says so. Where
// a second holds more leads than a page and gives them no order, it takes many calls
// to see them all.
func (c *rabbit) promise() promise {
	p := promise{
		exact: !c.traps.IgnorePerPage && !c.ties.wide,
		dated: c.world.stream.Name != "leadStatusHistories", // an event says when its lead was changed
		sure:  c.ties.fit(), shown: true, fixed: true, calls: 1500,
	}
	if c.ties.crowd > 0 && !c.ties.fit() {
		p.calls = 12_000
	}
	return p
}

// trick lets the source repeat its first page.
func (c *rabbit) trick(on bool) bool {
	traps := c.traps
	if traps.RepeatPages = on && c.world.stream.Name == "leads" && c.world.dice.chance(5); traps.RepeatPages {
		c.world.story.happened(WorldRepeats, Source, "whatever page is asked for, the first comes, and there is said to be more")
	}
	c.SetTraps(traps)
	return traps.RepeatPages
}

// heed asks for larger pages, where Warren says that they are too small.
func (c *rabbit) heed() bool {
	said := c.ties.wide
	if said {
		c.ties = c.ties.fitting()
	}
	return said
}

func (*rabbit) changed(fields map[string]json.RawMessage) (last time.Time) {
	for _, name := range []string{"dateModified", "statusModified", "leadModified", "statusUpdated"} {
		var text string
		if json.Unmarshal(fields[name], &text) != nil {
			continue
		}
		if t, err := time.Parse(time.RFC3339, text); err == nil && t.After(last) {
			last = t.UTC()
		}
	}
	return last
}

func (*rabbit) says(raw string, f fact) bool {
	return raw == string(f.raw) || sameJSON(raw, f.raw)
}

// records lists the leads of the account as it has them, and the other lists over
// HTTP.
func (c *rabbit) records() (raws [][]byte, err error) {
	if c.world.stream.Name != "leads" {
		return c.list()
	}
	for _, raw := range c.Leads() {
		if known, ok := c.world.facts[string(raw)]; ok {
			raw = known.raw
		} else {
			raw = bytes.Clone(raw)
		}
		raws = append(raws, raw)
	}
	return raws, nil
}
