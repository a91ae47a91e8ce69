package hubspot

import (
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/trap"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Traps is how the account misbehaves. The zero value behaves, and refuses no
// call for its number.
type Traps struct {
	wire.Faults

	Locked      wire.When     // calls refused with 423
	Migrating   wire.When     // calls refused with 477: the account moves between data centres
	Gateway     wire.When     // calls answered with 502 and HTML
	Unknown     wire.When     // calls answered with 520 and HTML
	TenSecondly int           // so many calls pass in ten seconds
	SearchRate  int           // so many searches pass in a second
	Daily       int           // so many calls pass on a day of the account
	Forbidden   string        // what the token may not read: names of types, owners, properties, pipelines, schemas, parted by +
	Rotate      bool          // each refresh of an access token replaces the refresh token
	Lag         time.Duration // search shows each change after a delay of its own, up to this
	Outside     time.Duration // search finds some records so far outside the range of modified times
	Disorder    time.Duration // searches sorted by a time are out of order by up to this, otherwise each time
	Search100   bool          // pages of a search hold 100 records at most
	Epoch       bool          // a filter that compares a time with 0 is answered with 500
	NewID       bool          // a merge gives the survivor a new id
	Survivor    bool          // reading a merged record by its id shows the survivor, under another id
	Pending     bool          // batches are answered before they are done
	BatchError  bool          // the last record of each batch fails on its own
	LinkPage    int           // associations come in pages of so many
	Dirty       float64       // so great a share of the typed values is senseless
	Churn       int           // so many records are changed, made or archived after each list and search
	Duplicate   float64       // so great a share of webhook events is told twice
	Unordered   bool          // webhook events are told out of order
}

// trapDefs declares the switches of Traps, the wire's included.
func trapDefs() []trap.Def[Traps] {
	return append(
		trap.Lift(wire.FaultDefs(), func(t *Traps) *wire.Faults { return &t.Faults }),
		wire.WhenDef("423", "calls are refused with 423, as while a bulk job locks the records", func(t *Traps) *wire.When { return &t.Locked }),
		wire.WhenDef("477", "calls are refused with 477, as while the account moves between data centres", func(t *Traps) *wire.When { return &t.Migrating }),
		wire.WhenDef("502", "calls are answered by the gateway: 502 and HTML", func(t *Traps) *wire.When { return &t.Gateway }),
		wire.WhenDef("520", "calls are answered by the edge: 520 and HTML", func(t *Traps) *wire.When { return &t.Unknown }),
		trap.Count("tensecondly", "so many calls pass in ten seconds, further ones are refused with 429", func(t *Traps) *int { return &t.TenSecondly }),
		trap.Count("searchrate", "so many searches pass in a second, further ones are refused with 429", func(t *Traps) *int { return &t.SearchRate }),
		trap.Count("daily", "so many calls pass on a day, further ones are refused with 429", func(t *Traps) *int { return &t.Daily }),
		trap.Of("forbidden", "what the token may not read, parted by +, such as deals+owners: 403", func(t *Traps) *string { return &t.Forbidden },
			func(text string) (string, error) { return text, nil }, func(text string) string { return text }),
		trap.Bool("rotate", "each refresh of an access token replaces the refresh token", func(t *Traps) *bool { return &t.Rotate }),
		trap.Duration("lag", "search shows each change after a delay of its own, up to this", 0, func(t *Traps) *time.Duration { return &t.Lag }),
		trap.Duration("outside", "search finds some records so far outside the range of modified times", 0, func(t *Traps) *time.Duration { return &t.Outside }),
		trap.Duration("disorder", "searches sorted by a time are out of order by up to this, otherwise each time", 0,
			func(t *Traps) *time.Duration { return &t.Disorder }),
		trap.Bool("search100", "pages of a search hold 100 records at most, not 200", func(t *Traps) *bool { return &t.Search100 }),
		trap.Bool("epoch", "a search that compares a time with 0 is answered with 500", func(t *Traps) *bool { return &t.Epoch }),
		trap.Bool("newid", "a merge gives the survivor a new id", func(t *Traps) *bool { return &t.NewID }),
		trap.Bool("survivor", "reading a merged record by its id shows the survivor, under another id", func(t *Traps) *bool { return &t.Survivor }),
		trap.Bool("pending", "batches are answered before they are done: status PROCESSING, no results", func(t *Traps) *bool { return &t.Pending }),
		trap.Bool("batcherror", "the last record of each batch fails on its own, with 207", func(t *Traps) *bool { return &t.BatchError }),
		trap.Count("linkpage", "associations of a record come in pages of so many", func(t *Traps) *int { return &t.LinkPage }),
		trap.Number("dirty", "so great a share of the typed values is senseless, such as the number $33,000", 1, func(t *Traps) *float64 { return &t.Dirty }),
		trap.Count("churn", "so many records are changed, made or archived after each list and search", func(t *Traps) *int { return &t.Churn }),
		trap.Number("duplicate", "so great a share of the webhook events is told twice", 1, func(t *Traps) *float64 { return &t.Duplicate }),
		trap.Bool("unordered", "webhook events are told out of order", func(t *Traps) *bool { return &t.Unordered }),
	)
}

// forbids reports whether the token may not read that.
func (t Traps) forbids(what string) bool {
	return t.Forbidden != "" && slices.Contains(strings.Split(t.Forbidden, "+"), what)
}

// ParseTraps reads a list such as "lag=30s,tensecondly=190,429=10". Errors are of
// crm.CodeUsage and name the nearest trap.
func ParseTraps(list string) (Traps, error) { return trap.Parse(trapDefs(), list) }

// String writes t as the list that ParseTraps reads.
func (t Traps) String() string { return trap.Format(trapDefs(), t) }

// TrapHelp lists the names that ParseTraps knows, in the order to show them.
func TrapHelp() []struct{ Name, Help string } {
	defs := trapDefs()
	help := make([]struct{ Name, Help string }, 0, len(defs))
	for _, d := range defs {
		help = append(help, struct{ Name, Help string }{d.Name, d.Help})
	}
	return help
}
