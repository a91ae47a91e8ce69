package athena

import (
	"errors"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/trap"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// Traps is how the services misbehave. The zero value behaves. What wire.Faults
// counts, it counts for Athena and for S3 apart.
type Traps struct {
	wire.Faults

	QueryTime time.Duration // a query is RUNNING so long at least
	QueueTime time.Duration // and QUEUED so long before
	Requeue   bool          // who asks sees RUNNING, then QUEUED, before the truth

	Failed     Nth // FAILED with an AthenaError that is retryable
	FailedBare Nth // FAILED without an AthenaError
	Exhausted  Nth // FAILED for lack of resources, not retryable
	DeniedGlue Nth // FAILED for lack of the right to read the catalog
	Slowdown   Nth // FAILED because S3 asked for fewer requests

	Throttle wire.When // calls of Athena answered with ThrottlingException
	Internal wire.When // calls of Athena answered with InternalServerException
	TooBusy  int       // queries that may be active; those above are refused

	Managed    bool       // results have no place in S3
	Enforced   bool       // the workgroup's place for results wins over the client's
	NoMetadata NoMetadata // the catalog cannot be asked

	S3Closed   bool      // objects cannot be read
	S3Slowdown wire.When // reads of objects answered with 503 SlowDown
	LateFile   int       // each object is 404 for its first so many reads
	Cut        wire.When // bodies of objects end in the middle
	Rewritten  bool      // each object is replaced while it is read for the first time
}

// NoMetadata says how the catalog refuses: "" (it does not), denied or 500.
type NoMetadata string

func parseNoMetadata(text string) (NoMetadata, error) {
	switch text {
	case "":
		return "denied", nil
	case "denied", "500":
		return NoMetadata(text), nil
	}
	return "", errors.New("must be denied or 500")
}

// trapDefs declares the switches of Traps, the wire's included.
func trapDefs() []trap.Def[Traps] {
	nth := func(name, help string, field func(*Traps) *Nth) trap.Def[Traps] {
		return trap.Of(name, help+nthHelp, field, parseNth, Nth.String)
	}
	return append(
		trap.Lift(wire.FaultDefs(), func(t *Traps) *wire.Faults { return &t.Faults }),
		trap.Duration("querytime", "a query is RUNNING for so long at least", 0, func(t *Traps) *time.Duration { return &t.QueryTime }),
		trap.Duration("queuetime", "a query is QUEUED for so long before it runs", 0, func(t *Traps) *time.Duration { return &t.QueueTime }),
		trap.Bool("requeue", "a query is seen RUNNING, then QUEUED again, then as it is", func(t *Traps) *bool { return &t.Requeue }),
		nth("failed", "a query is FAILED with an AthenaError that says retryable", func(t *Traps) *Nth { return &t.Failed }),
		nth("failedbare", "a query is FAILED without an AthenaError", func(t *Traps) *Nth { return &t.FailedBare }),
		nth("exhausted", "a query is FAILED since it exhausted resources, not retryable", func(t *Traps) *Nth { return &t.Exhausted }),
		nth("deniedglue", "a query is FAILED since the right glue:GetTable is lacking", func(t *Traps) *Nth { return &t.DeniedGlue }),
		nth("slowdown", "a query is FAILED since S3 asked to reduce the request rate", func(t *Traps) *Nth { return &t.Slowdown }),
		wire.WhenDef("throttle", "calls of Athena are answered with ThrottlingException", func(t *Traps) *wire.When { return &t.Throttle }),
		wire.WhenDef("internal", "calls of Athena are answered with InternalServerException", func(t *Traps) *wire.When { return &t.Internal }),
		trap.Count("toomany", "queries above so many active ones are refused", func(t *Traps) *int { return &t.TooBusy }),
		trap.Bool("managed", "the workgroup keeps results itself: they have no place in S3", func(t *Traps) *bool { return &t.Managed }),
		trap.Bool("enforced", "the workgroup's own place for results wins over the client's", func(t *Traps) *bool { return &t.Enforced }),
		trap.Of("nometadata", "the catalog cannot be asked: denied (the right is lacking) or 500",
			func(t *Traps) *NoMetadata { return &t.NoMetadata }, parseNoMetadata, func(n NoMetadata) string { return string(n) }),
		trap.Bool("s3closed", "objects cannot be read: 403 AccessDenied", func(t *Traps) *bool { return &t.S3Closed }),
		wire.WhenDef("s3slowdown", "reads of objects are answered with 503 SlowDown", func(t *Traps) *wire.When { return &t.S3Slowdown }),
		trap.Count("latefile", "each object is not found by its first so many readers", func(t *Traps) *int { return &t.LateFile }),
		wire.WhenDef("cut", "bodies of objects end in the middle", func(t *Traps) *wire.When { return &t.Cut }),
		trap.Bool("rewritten", "each object is replaced by another while it is read for the first time", func(t *Traps) *bool { return &t.Rewritten }),
	)
}

// ParseTraps reads a list such as "querytime=2s,requeue,throttle=5,failed=2".
// Errors are of crm.CodeUsage and name the nearest trap.
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
