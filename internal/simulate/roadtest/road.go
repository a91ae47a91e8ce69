package roadtest

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/validator"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Lease is how long a stream stays taken by a process that gives no sign of
// life, by the test's clock. None gives one.
const Lease = time.Hour

// Road leads from one account to any number of databases.
type Road struct {
	Clock *crmtest.Clock

	account *account
	network http.RoundTripper

	mu      sync.Mutex
	settled map[string]crm.Stream // as the last run of each wrote them
}

// Trip is one sync of one stream along the road.
type Trip struct {
	DB     warehouse.Driver
	Stream string     // leads
	Ask    engine.Ask // a BatchSize of 0 is 500

	Deletes   crm.DeletePolicy                    // the zero policy marks all that are gone
	PageSize  int                                 // 0 is the source's own
	Settings  map[string]string                   // over those of the account
	Owner     ledger.Owner                        // the process that syncs; the zero Owner is this one
	Transport http.RoundTripper                   // the way to the network; nil is the plain one
	Connector func(crm.Connector) crm.Connector   // stands between engine and source; nil for nothing
	Session   func(engine.Session) engine.Session // stands between engine and warehouse; nil for nothing
	Observe   func(crm.Event)                     // hears of everything; may be nil
}

// New opens an account as cfg describes it, on a clock that shows a day after
// its newest record. It ends with the test.
func New(t testing.TB, cfg Config) *Road {
	t.Helper()
	r := &Road{Clock: crmtest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), settled: map[string]crm.Stream{}}
	r.account = cfg.open(t, r.Clock)
	wire := &http.Transport{}
	t.Cleanup(wire.CloseIdleConnections)
	r.network = wire
	if r.account.network != nil {
		r.network = r.account.network(wire)
	}
	return r
}

// Network is the plain way from Warren to the account.
func (r *Road) Network() http.RoundTripper { return r.network }

// ID is the name of a stream in the ledger.
func (r *Road) ID(stream string) crm.StreamID {
	return crm.StreamID{Source: r.account.source.Type, Stream: stream}
}

// Streams lists the names of the account's streams, the one that most is about
// first.
func (r *Road) Streams() []string { return slices.Clone(r.account.streams) }

// People are those who work on a stream; it is false where nobody does.
func (r *Road) People(stream string) (People, bool) {
	p, ok := r.account.people[stream]
	return p, ok
}

// Table is the name of a stream's table.
func (r *Road) Table(stream string) string { return r.stream(stream).Table }

// Key is the column that names a record of a stream; the first of several.
func (r *Road) Key(stream string) string { return r.stream(stream).PrimaryKey[0] }

// Paid is how many questions Warren has asked that cost money.
func (r *Road) Paid() int {
	if r.account.paid == nil {
		return 0
	}
	return r.account.paid()
}

// Run syncs one stream. The error is the engine's, or says that what the run has
// learned of the stream's fields is not remembered.
func (r *Road) Run(ctx context.Context, trip Trip) (crm.Run, error) {
	trip = trip.withDefaults(r)
	settings := r.account.configured(trip.Settings)
	connector, err := r.account.source.Open(settings, crm.Deps{
		Clock: r.Clock, Transport: trip.Transport, Observe: trip.Observe, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return crm.Run{}, err
	}
	if !trip.Ask.DryRun {
		if err := trip.DB.Migrate(ctx); err != nil {
			return crm.Run{}, trip.DB.Explain(err)
		}
	}
	learned := &learning{tell: trip.Observe}
	stream, err := r.describe(ctx, &trip, connector, learned)
	switch {
	case err != nil:
		stream, connector = r.stream(trip.Stream), crm.Unasked{Why: err}
	case r.account.paged != nil && trip.PageSize > 0:
		connector = r.account.paged(connector, trip.PageSize)
	default:
	}
	r.settle(stream, err)
	trip.Ask.Overlap = max(trip.Ask.Overlap, stream.Lag)
	e := engine.Engine{Clock: still{r.Clock}, Observe: learned.hear, Lease: Lease}
	tools := warehouse.Tools{Clock: r.Clock, Observe: learned.hear, Owner: trip.Owner}
	run, err := e.Run(ctx, engine.Job{
		ID: r.ID(trip.Stream), SourceType: r.account.source.Type, Endpoint: r.account.endpoint(settings), Stream: stream,
		Connector: trip.Connector(connector), Processor: rules(), Deletes: trip.Deletes, Ask: trip.Ask,
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			session, err := open(ctx, trip, c, tools)
			if err != nil {
				return nil, err
			}
			return trip.Session(session), nil
		},
	})
	if lost := r.learn(ctx, &trip, run.ID, learned); err == nil {
		err = lost
	}
	return run, err
}

func open(ctx context.Context, trip Trip, c warehouse.Claim, tools warehouse.Tools) (engine.Session, error) {
	if trip.Ask.DryRun {
		return warehouse.Peek(ctx, trip.DB, c, tools)
	}
	return warehouse.Open(ctx, trip.DB, c, tools)
}

// MustRun syncs one stream and ends the test if that fails.
func (r *Road) MustRun(t testing.TB, trip Trip) crm.Run {
	t.Helper()
	run, err := r.Run(t.Context(), trip)
	if err != nil {
		t.Fatalf("the sync of %s failed: %v", trip.Stream, err)
	}
	return run
}

// settle remembers how a run writes a stream.
func (r *Road) settle(stream crm.Stream, err error) {
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.settled[stream.Name] = stream
	}
}

// stream returns a stream as the last run wrote it; before the first, as its source
// declares it.
func (r *Road) stream(name string) crm.Stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	if stream, known := r.settled[name]; known {
		return stream
	}
	stream, _ := r.account.source.Stream(name)
	return stream
}

func (t Trip) withDefaults(r *Road) Trip {
	if t.Ask.BatchSize == 0 {
		t.Ask.BatchSize = 500
	}
	if t.Deletes == (crm.DeletePolicy{}) {
		t.Deletes = crm.DeletePolicy{How: crm.DeletesSoft, Limit: 1}
	}
	if option := r.account.pageOption; option != "" && t.PageSize > 0 {
		t.Settings = maps.Clone(t.Settings)
		if t.Settings == nil {
			t.Settings = map[string]string{}
		}
		t.Settings[option] = strconv.Itoa(t.PageSize)
	}
	if t.Owner == (ledger.Owner{}) {
		t.Owner = ledger.ThisProcess()
	}
	if t.Transport == nil {
		t.Transport = r.network
	}
	if t.Connector == nil {
		t.Connector = func(c crm.Connector) crm.Connector { return c }
	}
	if t.Session == nil {
		t.Session = func(s engine.Session) engine.Session { return s }
	}
	if t.Observe == nil {
		t.Observe = func(crm.Event) {}
	}
	return t
}

// rules wires the processor to the validators.
func rules() processor.Options {
	registry := validator.NewRegistry()
	return processor.Options{
		Check: func(rule crm.Rule) (func([]byte) error, error) {
			v, err := registry.New(rule)
			if err != nil {
				return nil, err
			}
			return v.Check, nil
		},
		Normalize: validator.NewNormalizer,
	}
}
