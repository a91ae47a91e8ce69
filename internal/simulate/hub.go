package simulate

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

// hub is an account of HubSpot.
type hub struct {
	*sandbox.Server
	journal

	dice   dice
	traps  sandbox.Traps
	number int // of contacts at the start
	added  int // properties since
}

// newHub draws an account, and what the world around it is like.
func newHub(w *world, d dice) (company, error) {
	c := &hub{journal: newJournal(w), dice: w.people.dice}
	c.draw(d, &w.settings)
	c.Server = sandbox.New(sandbox.Config{
		Counts: map[string]int{w.settings.stream: c.number}, Owners: 3, Seed: w.seed, Token: w.token, Clock: w.sourceClock(), Traps: c.traps,
	})
	return c, nil
}

func (c *hub) draw(d dice, s *settings) {
	*s = settings{stream: "contacts", template: !d.chance(5), limit: one(d, 1, 1, 1, 0.1)}
	c.number = d.between(5, 50)
	if d.chance(15) {
		c.number = d.between(50, 220)
	}
	if d.chance(30) {
		s.stream = one(d, "deals", "companies", "notes")
	}
	source := hubspot.Source()
	stream, _ := source.Stream(s.stream)
	s.overlap = stream.Lag // what is late is covered by that
	if d.chance(40) {
		s.lag = d.span(time.Second, s.overlap-3*time.Second)
	}
	if d.chance(30) {
		s.skew = time.Duration(d.between(-600, 600)) * time.Second
	}
	s.jump = d.chance(15)
	c.traps = sandbox.Traps{Lag: s.lag, Search100: d.chance(20), NewID: d.chance(25), Survivor: d.chance(25), Epoch: d.chance(10)}
	if d.chance(20) {
		c.traps.Dirty = 0.1
	}
	if d.chance(20) {
		c.traps.Outside = d.span(time.Second, 10*time.Minute)
	}
	if d.chance(20) {
		c.traps.Disorder = d.span(time.Second, time.Hour)
	}
	if d.chance(20) {
		c.traps.TenSecondly, c.traps.SearchRate = d.between(20, 100), d.between(1, 5)
	}
}

func (*hub) source() crm.Source { return hubspot.Source() }

func (*hub) perPage(drawn int) int { return drawn }

func (c *hub) values(int) map[string]string {
	return map[string]string{"url": endpoint, "token": c.world.token, "rate": "0", "search_rate": "0"}
}

// bounds: other types of record have no number.
func (c *hub) bounds() bounds {
	if c.world.settings.stream == "deals" {
		return bounds{"amount", "0", "9000"}
	}
	return bounds{}
}

func (c *hub) promise() promise {
	return promise{exact: true, dated: true, sure: true, fixed: c.added == 0, calls: 3000}
}

func (c *hub) traits() []trait {
	return []trait{
		{c.world.settings.lag > 0, WorldLag, c.world.settings.lag},
		{c.traps.Dirty > 0, WorldDirty, c.traps.Dirty},
		{c.traps.Outside > 0, WorldOutside, c.traps.Outside},
		{c.traps.Disorder > 0, WorldDisorder, c.traps.Disorder},
		{c.traps.TenSecondly > 0, WorldLimits, ""},
		{c.traps.NewID, WorldNewID, ""},
		{c.traps.Search100, WorldSmallMax, ""},
	}
}

func (*hub) call(r *http.Request) string {
	query := r.URL.Query()
	query.Del("properties") // there are many
	text := r.Method + " " + r.URL.Path
	if len(query) > 0 {
		text += "?" + query.Encode()
	}
	return text
}

func (*hub) trick(bool) bool { return false }

func (*hub) heed() bool { return false }

func (c *hub) records() (raws [][]byte, err error) {
	for _, raw := range c.Records(c.world.settings.stream) {
		raws = append(raws, []byte(string(raw)))
	}
	for _, raw := range c.Archived(c.world.settings.stream) {
		raws = append(raws, []byte(string(raw)))
	}
	return raws, nil
}

func (*hub) changed(fields map[string]json.RawMessage) time.Time {
	var text string
	if json.Unmarshal(fields["updatedAt"], &text) != nil {
		return time.Time{}
	}
	t, _ := time.Parse(time.RFC3339, text) // zero if it is none
	return t
}

// says: answers of one kind have members that those of others lack.
func (c *hub) says(raw string, f fact) bool { return c.world.alike(raw, f) }

func (c *hub) listedSince(f fact) time.Time { return c.since[f.id] }

// silent: as long as the index lags, a search may show a record as it was.
func (c *hub) silent(f fact) time.Time {
	at, is := c.quiet[f.id]
	if !is {
		return time.Time{}
	}
	return at.Add(c.world.settings.lag)
}

// list names records for the story.
func list(what string, keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return "record " + strings.Join(keys, " ") + " " + what
}
