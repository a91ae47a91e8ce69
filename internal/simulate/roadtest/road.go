package roadtest

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/processor"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
	"github.com/warren-sync/warren/internal/validator"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Lease is how long a stream stays taken by a process that gives no sign of
// life, by the test's clock. None gives one.
const Lease = time.Hour

// Road leads from one account to any number of databases.
type Road struct {
	Account *sandbox.Server
	Clock   *Clock

	url     string
	network *http.Transport
}

// Trip is one sync of one stream along the road.
type Trip struct {
	DB     warehouse.Driver
	Stream string     // leads
	Ask    engine.Ask // a BatchSize of 0 is 500

	Deletes   crm.DeletePolicy                    // the zero policy marks all that are gone
	PageSize  int                                 // 0 is the source's own
	Owner     ledger.Owner                        // the process that syncs; the zero Owner is this one
	Transport http.RoundTripper                   // the way to the network; nil is the plain one
	Connector func(crm.Connector) crm.Connector   // stands between engine and source; nil for nothing
	Session   func(engine.Session) engine.Session // stands between engine and warehouse; nil for nothing
	Observe   func(crm.Event)                     // hears of everything; may be nil
}

// New opens an account as cfg describes it, on a clock that shows a day after
// its newest record. It ends with the test.
func New(t testing.TB, cfg sandbox.Config) *Road {
	t.Helper()
	r := &Road{Clock: NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), network: &http.Transport{}}
	cfg.Start, cfg.Clock = r.Clock.Now().Add(-24*time.Hour), r.Clock
	r.url, r.Account = sandboxtest.SalesRabbit(t, cfg)
	t.Cleanup(r.network.CloseIdleConnections)
	return r
}

// Network is the plain way from Warren to the account.
func (r *Road) Network() http.RoundTripper { return r.network }

// Run syncs one stream. The error is the engine's.
func (r *Road) Run(ctx context.Context, trip Trip) (crm.Run, error) {
	trip = trip.withDefaults(r)
	source := salesrabbit.Source()
	stream, _ := source.Stream(trip.Stream)
	connector, err := source.Open(r.settings(source, trip.PageSize), crm.Deps{
		Clock: r.Clock, Transport: trip.Transport, Observe: trip.Observe, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return crm.Run{}, err
	}
	e := engine.Engine{Clock: still{r.Clock}, Observe: trip.Observe, Lease: Lease}
	tools := warehouse.Tools{Clock: r.Clock, Observe: trip.Observe, Owner: trip.Owner}
	return e.Run(ctx, engine.Job{
		ID: ID(trip.Stream), SourceType: source.Type, Endpoint: r.url, Stream: stream,
		Connector: trip.Connector(connector), Processor: rules(), Deletes: trip.Deletes, Ask: trip.Ask,
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			session, err := open(ctx, trip, c, tools)
			if err != nil {
				return nil, err
			}
			return trip.Session(session), nil
		},
	})
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

// ID is the name of a stream in the ledger.
func ID(stream string) crm.StreamID {
	return crm.StreamID{Source: salesrabbit.Source().Type, Stream: stream}
}

// Streams lists the names of the account's streams.
func Streams() []string {
	var names []string
	for _, stream := range salesrabbit.Source().Streams {
		names = append(names, stream.Name)
	}
	return names
}

func (t Trip) withDefaults(r *Road) Trip {
	if t.Ask.BatchSize == 0 {
		t.Ask.BatchSize = 500
	}
	if t.Deletes == (crm.DeletePolicy{}) {
		t.Deletes = crm.DeletePolicy{How: crm.DeletesSoft, Limit: 1}
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

func (r *Road) settings(source crm.Source, pageSize int) crm.Settings {
	values := map[string]string{}
	for _, option := range source.Options {
		values[option.Name] = option.Default
	}
	values["url"], values["token"], values["rate"] = r.url, sandbox.DefaultToken, "0"
	if pageSize > 0 {
		values["page_size"] = strconv.Itoa(pageSize)
	}
	return crm.Settings{Account: source.Type, Values: values}
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
