package simulate

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/source/salespro"
)

// share is a share of SalesPro, behind Athena and S3.
type share struct {
	*sandbox.Server
	journal

	dice    dice
	reading dice // how each process reads results
	cfg     sandbox.Config
	gone    map[string]bool // keys of which all rows were deleted once
	rebuilt time.Time       // when the vendor made the table anew
}

// newShare draws a share, and what the world around it is like.
func newShare(w *world, d dice) (company, error) {
	c := &share{journal: newJournal(w), dice: w.people.dice, reading: newDice(w.seed, "results"), gone: map[string]bool{}}
	c.draw(d, &w.settings)
	c.cfg.Seed, c.cfg.Clock, c.cfg.AtOnce = w.seed, w.sourceClock(), true
	server, err := sandbox.New(c.cfg)
	c.Server = server
	return c, err
}

func (c *share) draw(d dice, s *settings) {
	*s = settings{
		stream:   one(d, "customer", "customer", "customer", "estimate", "payments", "payments", "lead_results", "user_activity", "measure_sheet"),
		template: !d.chance(5), limit: one(d, 1, 1, 1, 0.1),
	}
	rows := d.between(5, 60)
	if d.chance(15) {
		rows = d.between(60, 200)
	}
	c.cfg.Records, c.cfg.Rows = 20, map[string]int{s.stream: rows}
	source := salespro.Source()
	stream, _ := source.Stream(s.stream)
	s.overlap = stream.Lag
	if d.chance(30) {
		s.skew = time.Duration(d.between(-600, 600)) * time.Second
	}
	t := &c.cfg.Traps
	t.Requeue, t.Managed, t.S3Closed = d.chance(30), d.chance(10), d.chance(10)
	s.jump = d.chance(15)
	if d.chance(50) {
		t.QueryTime, t.QueueTime = d.span(time.Second, 2*time.Minute), d.span(time.Second, 20*time.Second)
	}
	if d.chance(10) {
		t.NoMetadata = "denied"
	}
	if d.chance(10) {
		t.LateFile = 1
	}
	c.cfg.Partitioned = s.stream == "user_activity" && d.chance(50)
}

func (*share) source() crm.Source { return salespro.Source() }

func (*share) perPage(drawn int) int { return drawn }

// values: processes may read results in other ways, one after the other.
func (c *share) values(int) map[string]string {
	ways := []string{"auto", "auto", "file", "pages", "unload", "unload-parquet"}
	switch {
	case c.cfg.Traps.Managed || c.cfg.Traps.S3Closed:
		ways = []string{"auto", "pages"}
	case c.cfg.Traps.NoMetadata != "":
		ways = ways[:4] // JSON has texts for what only the catalog knows to be numbers
	}
	values := map[string]string{
		"endpoint": endpoint, "access_key_id": sandbox.DefaultAccessKey, "secret_access_key": c.world.token,
		"database": c.Database(), "s3_location": c.Output(), "results": one(c.reading, ways...),
		"unload_location": c.Output() + "unload/",
	}
	if c.cfg.Partitioned {
		values["partitions"] = "user_activity.dt"
	}
	return values
}

// keyed reports whether several rows of the share may have one key, and others none.
func (c *share) keyed() bool {
	return c.world.settings.stream == "customer" || c.world.settings.stream == "lead_results"
}

func (c *share) bounds() bounds {
	switch c.world.settings.stream {
	case "payments":
		return bounds{"payment_amount", "0", "5000"}
	case "estimate":
		return bounds{"sale_amount", "0", "15000"}
	default:
		return bounds{}
	}
}

func (c *share) promise() promise {
	whole := c.world.stream.Snapshot
	return promise{exact: true, dated: true, sure: !whole, whole: whole, fixed: true, calls: 3000}
}

func (c *share) traits() []trait {
	t := c.cfg.Traps
	return []trait{
		{t.QueryTime > 0, WorldQueries, t.QueryTime},
		{t.Requeue, WorldRequeue, ""},
		{t.S3Closed, WorldClosed, ""},
		{t.Managed, WorldManaged, ""},
		{t.NoMetadata != "", WorldBlind, ""},
	}
}

// call: the ids of queries are drawn by chance that no seed decides.
func (*share) call(r *http.Request) string {
	if _, operation, is := strings.Cut(r.Header.Get("X-Amz-Target"), "."); is {
		return operation
	}
	return r.Method + " of an object " + r.Header.Get("Range")
}

func (*share) trick(bool) bool { return false }

func (*share) heed() bool { return false }

// changed: times are as Athena writes them.
func (*share) changed(fields map[string]json.RawMessage) time.Time {
	for _, name := range []string{"updated_at", "created_at"} {
		raw, has := fields[name]
		if !has {
			continue
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return time.Time{}
		}
		t, _ := time.Parse(time.DateTime, text) // zero for NULL
		return t
	}
	return time.Time{}
}

func (c *share) says(raw string, f fact) bool {
	if c.world.stream.Snapshot {
		return c.world.fact([]byte(raw)).id == unnumbered(f.id)
	}
	return c.world.alike(raw, f)
}

func (c *share) listedSince(f fact) time.Time {
	since := c.since[unnumbered(f.id)]
	if c.rebuilt.After(since) {
		return c.rebuilt
	}
	return since
}

func (c *share) silent(f fact) time.Time {
	if c.rebuilt.IsZero() {
		return c.quiet[unnumbered(f.id)]
	}
	return c.rebuilt
}
