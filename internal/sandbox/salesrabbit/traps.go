package salesrabbit

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/trap"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Traps is how the account misbehaves. The zero value behaves.
type Traps struct {
	wire.Faults

	Shifting      bool          // without sortBy, lists come with the newest dateModified first
	IgnoreSort    bool          // sortBy and order are ignored: ascending dateModified
	ShuffleTies   bool          // leads with the same time in what a list is sorted by come in another order with each call
	IgnorePerPage bool          // perPage is ignored: pages have the greatest size
	RepeatPages   bool          // page is ignored: the first page each time, morePages true
	UsersRepeat   bool          // every page of /users is the whole list, morePages true
	NoMeta        bool          // answers have no meta
	Lag           time.Duration // lists show a change only so long after it was made
	Exclusive     bool          // If-Modified-Since and its like compare with > instead of >=
	NoHistories   bool          // /leadStatusHistories is 404
	NoStatuses    bool          // /leadStatuses is 404
	Dirty         float64       // so great a share of leads holds senseless values
	Churn         int           // so many leads are changed, inserted or deleted after each call of a list
}

// trapDefs declares the switches of Traps, the wire's included.
func trapDefs() []trap.Def[Traps] {
	return append(
		trap.Lift(wire.FaultDefs(), func(t *Traps) *wire.Faults { return &t.Faults }),
		trap.Bool("shifting", "lists without sortBy come newest modified first, so that changes move rows between pages",
			func(t *Traps) *bool { return &t.Shifting }),
		trap.Bool("ignoresort", "sortBy and order are ignored: always ascending dateModified", func(t *Traps) *bool { return &t.IgnoreSort }),
		trap.Bool("shuffleties", "leads of the same second stand in another order with each call of a list", func(t *Traps) *bool { return &t.ShuffleTies }),
		trap.Bool("ignoreperpage", "perPage is ignored: pages have the greatest size", func(t *Traps) *bool { return &t.IgnorePerPage }),
		trap.Bool("repeat", "page is ignored: the first page each time, with morePages true", func(t *Traps) *bool { return &t.RepeatPages }),
		trap.Bool("usersrepeat", "every page of /users is the whole list, with morePages true", func(t *Traps) *bool { return &t.UsersRepeat }),
		trap.Bool("nometa", "answers come without meta", func(t *Traps) *bool { return &t.NoMeta }),
		trap.Duration("lag", "lists show a change only so long after it was made", 0, func(t *Traps) *time.Duration { return &t.Lag }),
		trap.Bool("exclusive", "If-Modified-Since leaves out what was modified in that very second", func(t *Traps) *bool { return &t.Exclusive }),
		trap.Bool("nohistories", "/leadStatusHistories does not exist: 404", func(t *Traps) *bool { return &t.NoHistories }),
		trap.Bool("nostatuses", "/leadStatuses does not exist: 404", func(t *Traps) *bool { return &t.NoStatuses }),
		trap.Number("dirty", "so great a share of the leads holds senseless values, such as latitude 999", 1, func(t *Traps) *float64 { return &t.Dirty }),
		trap.Count("churn", "so many leads are changed, inserted or deleted after each call of a list", func(t *Traps) *int { return &t.Churn }),
	)
}

// ParseTraps reads a list such as "latency=20ms,429=10,truncate=page:3". Errors
// are of crm.CodeUsage and name the nearest trap.
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
