package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/validator"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// endpoint is where the source is said to live.
const endpoint = "https://crm.test"

// process is one process of Warren, from its start to its end or its death.
type process struct {
	world     *world
	number    int
	lanes     *lanes
	driver    *faults.Driver
	source    crm.Connector // and connector is what a run reads
	connector crm.Connector
	owner     ledger.Owner
	engine    engine.Engine
	ear       *ear
	perPage   int
	weather   *weather // what befalls its run
}

// start starts a process, with connections and a page size of its own.
func (w *world) start(ctx context.Context) (*process, error) {
	w.started++
	p := &process{
		world: w, number: w.started, perPage: w.company.perPage(w.dice.between(5, 60)),
		owner: ledger.Owner{Host: "simulated", Process: strconv.Itoa(w.started)},
		ear:   &ear{world: w}, weather: &weather{},
	}
	// Two processes may live at once: the one that works, and one that intrudes.
	p.lanes = newLanes(w.seed, w.started%2*lanesOfProcess, w.clock)
	db, err := w.options.Open(ctx, w.clock, w.settings.template)
	if err != nil {
		return nil, err
	}
	p.driver = faults.Warehouse(db, func(op faults.Op) faults.Fault { return p.weather.operation(w, op) })
	p.driver.Pace(func(ctx context.Context, op faults.Op) error {
		if op.InTx && w.options.Atomic {
			return ctx.Err()
		}
		return p.lanes.pace(ctx, op)
	})
	p.engine = engine.Engine{Clock: w.clock, Observe: p.ear.hear}
	source := w.company.source()
	values := map[string]string{}
	for _, o := range source.Options {
		values[o.Name] = o.Default
	}
	maps.Copy(values, w.company.values(p.perPage))
	transport := w.wire.connect(p)
	if wrap := w.options.Plant.Transport; wrap != nil {
		transport = wrap(transport)
	}
	p.connector, err = source.Open(crm.Settings{Account: source.Type, Values: values}, crm.Deps{
		Clock: inLane{w.clock, &p.lanes[laneWire]}, Random: p.lanes[laneWire].chance, Transport: transport, Observe: p.ear.hear,
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if wrap := w.options.Plant.Connector; wrap != nil {
		p.connector = wrap(p.connector, transport, w.token)
	}
	p.source = p.connector
	if _, has := values["page_size"]; !has {
		p.connector = inPages(p.connector, p.perPage, &p.lanes[laneWire])
	}
	w.story.tell(World, "process %d starts; it asks for pages of %d", p.number, p.perPage)
	return p, nil
}

// ran is one run as it was seen from outside.
type ran struct {
	ask     engine.Ask
	began   time.Time
	run     crm.Run
	err     error
	written crm.Counts // the sum of what events told of batches
	died    bool
	resumed bool // it went on with a walk that was broken off
	deletes crm.Deletes
	calm    bool // nothing went wrong that could excuse a failure
	idle    bool // nobody changed anything at the source meanwhile

	findings []crm.Finding // what a verify run told
}

// run runs what is asked for.
func (p *process) run(ctx context.Context, ask engine.Ask) ran {
	if ask.Replay {
		return p.replay(ctx, ask)
	}
	return p.job(ctx, ask)
}

// job runs one job of the engine.
func (p *process) job(ctx context.Context, ask engine.Ask) ran {
	w := p.world
	ask.Overlap, ask.Look = w.settings.overlap, w.settings.look
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p.weather.stopped = stop
	p.ear.begin()
	began := w.clock.Now()
	tools := warehouse.Tools{Clock: w.clock, Observe: p.ear.hear, Owner: p.owner}
	var db warehouse.Driver = p.driver
	if wrap := w.options.Plant.Driver; wrap != nil {
		db = wrap(db)
	}
	described, connector := p.describe(ctx)
	stream := w.config.mapped(described)
	run, err := p.engine.Run(ctx, engine.Job{
		ID: w.id(), SourceType: w.options.Source, Endpoint: endpoint, Stream: stream, Connector: connector, Ask: ask,
		Processor: rules(), Deletes: w.config.deletes,
		Open: func(ctx context.Context, c warehouse.Claim) (engine.Session, error) {
			s, err := open(ctx, db, c, tools, ask.DryRun)
			if err != nil {
				return nil, err
			}
			if !ask.DryRun { // now the table has what the account adds
				w.config.plain, w.stream = described, stream
			}
			if wrap := w.options.Plant.Session; wrap != nil {
				s = wrap(s, db, ask.DryRun)
			}
			return &watched{Session: s, world: w, ask: ask}, nil
		},
	})
	r := p.ear.end()
	r.ask, r.began, r.run, r.err, r.deletes = ask, began, run, err, w.deletes()
	r.died, r.calm, r.idle = p.driver.Killed(), p.weather.calm(), p.weather.people == 0
	return r
}

// describe asks the source for the fields that the account adds to the stream. Where
// it does not answer, that is what a run meets that reads it.
func (p *process) describe(ctx context.Context) (crm.Stream, crm.Connector) {
	plain := p.world.config.plain
	d, tells := p.source.(crm.Describer)
	if !tells {
		return plain, p.connector
	}
	stream, err := d.Describe(ctx, p.world.config.declared)
	if err != nil {
		return plain, crm.Unasked{Why: err}
	}
	return stream, p.connector
}

func open(ctx context.Context, db warehouse.Driver, c warehouse.Claim, t warehouse.Tools, dry bool) (engine.Session, error) {
	if dry {
		return warehouse.Peek(ctx, db, c, t)
	}
	return warehouse.Open(ctx, db, c, t)
}

// close ends the process. What the dead leave open, the system closes.
func (p *process) close() error { return p.driver.Close() }

func (w *world) id() crm.StreamID {
	return crm.StreamID{Source: w.options.Source, Stream: w.stream.Name}
}

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

// watched is a session that is looked at while it works.
type watched struct {
	engine.Session

	world *world
	ask   engine.Ask
}

// Write holds each batch against its bound.
func (s *watched) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if n := len(b.Rows) + len(b.Rejects); n > s.ask.BatchSize {
		s.world.breach(&Breach{"L11", fmt.Sprintf("a batch holds %d records, and %d were asked for", n, s.ask.BatchSize)})
	}
	return s.Session.Write(ctx, b)
}

// ear hears what a process tells, and adds it to the story.
type ear struct {
	world *world

	mu      sync.Mutex
	heard   ran // what can be heard of a run
	batches int
}

func (e *ear) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard, e.batches = ran{}, 0
}

func (e *ear) end() ran {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

func (e *ear) hear(event crm.Event) {
	s := e.world.story
	switch event := event.(type) {
	case crm.RunStarted:
		s.tell(Warren, "run %d starts: %s%s", event.RunID, event.Mode, since(event.Since))
		if event.Resumed {
			e.mu.Lock()
			e.heard.resumed = true
			e.mu.Unlock()
			s.happened(RanResumed, Warren, "it goes on from a checkpoint")
		}
	case crm.PageFetched:
		s.tell(Warren, "a page of %d records", event.Records)
	case crm.BatchWritten:
		e.mu.Lock()
		e.heard.written.Add(event.Counts)
		e.batches++
		n := e.batches
		e.mu.Unlock()
		s.tell(Warren, "batch %d is written: %s", n, inWords(event.Counts))
	case crm.RowDiffers:
		e.mu.Lock()
		e.heard.findings = append(e.heard.findings, event.Finding)
		e.mu.Unlock()
		s.happened(FoundWrong, Warren, "%s%s", event.Finding, map[bool]string{true: ", for now"}[event.Finding.Pending])
	case crm.RetryScheduled:
		s.tell(Warren, "%s: attempt %d failed: %v", event.Source, event.Attempt, event.Err)
	case crm.Notice:
		if strings.Contains(event.Message, "rules or columns have changed") {
			s.count(ReadAnew)
		}
		s.tell(Warren, "%s", event.Message)
	}
	e.world.keepSecret(event)
}

func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.Format(time.RFC3339Nano)
}

func inWords(c crm.Counts) string {
	return fmt.Sprintf("%d fetched, %d created, %d updated, %d unchanged, %d failed, %d duplicates, %d deleted",
		c.Fetched, c.Created, c.Updated, c.Unchanged, c.Failed, c.Duplicates, c.Deleted)
}
