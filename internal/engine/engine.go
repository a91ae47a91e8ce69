package engine

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Engine runs jobs. It is safe for concurrent use.
type Engine struct {
	Clock   crm.Clock
	Observe func(crm.Event) // hears of everything that happens; called from several goroutines
	Lease   time.Duration   // how long a stream stays taken after the last sign of life; 0 means DefaultLease
}

// DefaultLease is how long a stream stays taken after its holder's last sign
// of life, which comes three times as often.
const DefaultLease = 15 * time.Second

// The bounds on how long it may take to write down how a run ended: patiently
// when it ended by itself, shortly when somebody waits for it to stop.
const (
	finishTime = 2 * time.Minute
	cancelTime = 10 * time.Second
)

var errEnough = errors.New("enough records")

// run is one job while it runs.
type run struct {
	job       *Job
	clock     crm.Clock
	basis     crm.Basis
	plan      plan
	session   Session
	processor *processor.Processor
	preparer  *preparer
	observe   func(crm.Event)
	started   time.Time
	enough    func()
	counts    crm.Counts
	staged    int64                           // rows in a stage that the table does not have
	check     crm.Check                       // what a comparison found
	rows      *int64                          // rows in the table that are not missing; nil when they were not counted
	remark    *crm.Error                      // what keeps a complete run from being a success; nil for nothing
	noted     *crm.Checkpoint                 // what begin has noted, until a row is written; nil where that makes no difference
	token     string                          // where the walk begins, of a Starter; else ""
	maxScan   int64                           // most bytes that the source may scan and charge for; 0 for no bound
	late      crm.Page                        // a page that came when nobody took pages any more
	owed      atomic.Pointer[warehouse.Batch] // what was paid ahead of the first record, until it is durable
}

// Run syncs one stream. It returns the run as the history has it, with its
// counts, also when it failed; the error is then a *crm.Error.
func (e *Engine) Run(ctx context.Context, job Job) (crm.Run, error) {
	started := e.Clock.Now()
	notBegun := func(err error) (crm.Run, error) {
		return crm.Run{StreamID: job.ID, Status: crm.StatusFailed, Start: started, End: e.Clock.Now()}, e.interrupted(ctx, err)
	}
	if err := job.unpickable(); err != nil {
		return notBegun(err)
	}
	lease := e.Lease
	if lease == 0 {
		lease = DefaultLease
	}
	session, err := job.Open(ctx, warehouse.Claim{
		ID: job.ID, SourceType: job.SourceType, Stream: job.Stream, Endpoint: job.Endpoint, Lease: lease,
		Decide: func(s warehouse.State) warehouse.Intent {
			p := decide(&job, s, job.basis(s), started)
			return warehouse.Intent{Mode: p.mode, Since: p.since, Until: p.until, Options: options(job.Ask)}
		},
	})
	if err != nil {
		return notBegun(err)
	}
	r := &run{job: &job, clock: e.Clock, session: session, observe: e.Observe, started: started, enough: func() {}}
	r.basis = job.basis(session.State())
	r.plan = decide(&job, session.State(), r.basis, started)
	if r.plan.why != "" && job.unasked() == nil {
		e.Observe(crm.Notice{ID: job.ID, Message: r.plan.why + ", so everything is read anew"})
	}
	if lost := session.State().Lost; len(lost) > 0 && r.plan.why == "" {
		then := ", and every record that is read is written anew"
		if job.Ask.DryRun {
			then = ", and the next sync reads and writes every record anew"
		}
		e.Observe(crm.Notice{ID: job.ID, Message: lostColumns(lost) + then})
	}
	for _, dead := range session.State().Dead {
		e.Observe(crm.Notice{ID: job.ID, Message: fmt.Sprintf("run %d, begun %s, had not ended and is now closed as failed: %s",
			dead.ID, dead.Start.Format(time.DateTime), dead.ErrorMessage)})
	}
	begun := crm.RunStarted{
		ID: job.ID, RunID: session.RunID(), Mode: r.plan.mode, Since: r.plan.since, Until: r.plan.until, DryRun: job.Ask.DryRun,
	}
	if c := r.plan.resume; c != nil {
		begun.Resumed, begun.Begun = true, c.Start
	}
	e.Observe(begun)
	known := session.State()
	err = Absent(e.interrupted(ctx, e.work(ctx, r, lease)), known.Synced())
	finished, err := e.finish(ctx, r, err)
	e.Observe(crm.RunFinished{ID: job.ID, Run: finished, DryRun: job.Ask.DryRun, Err: err})
	return finished, err
}

// work drives the pipeline while the lease is kept alive.
func (e *Engine) work(ctx context.Context, r *run, lease time.Duration) error {
	if why := r.job.unasked(); why != nil {
		return why
	}
	o := r.job.Processor
	o.Shape = r.session.State().Shape
	var err error
	if r.processor, err = processor.New(r.job.Stream, o); err != nil {
		return err
	}
	r.preparer = newPreparer(r, e.Clock.Now)
	if r.plan.mode == crm.ModeVerify {
		r.check.Asked = int64(r.job.Ask.Sample)
	}

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	beats := make(chan struct{})
	go func() {
		defer close(beats)
		if err := e.beat(ctx, r.session, lease/3); err != nil {
			stop(err)
		}
	}()
	if err = r.allow(ctx); err == nil {
		err = r.begin(ctx)
	}
	if err == nil {
		if r.plan.stage {
			r.session.Stage()
		}
		err = r.flow(ctx)
	}
	if err == nil {
		err = r.sweep(ctx)
	}
	if err == nil {
		r.look(ctx)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause // the lease was lost, or the caller gave up: that is why, not what broke of it
	}
	stop(nil)
	<-beats
	if err != nil {
		return err
	}
	if fetched := r.preparer.fetched; !r.counts.Balanced() || r.counts.Fetched != fetched {
		return &crm.Error{
			Code: crm.CodeCounts, Origin: crm.OriginWarren,
			Message: fmt.Sprintf("the counts do not add up: %d records were read, %d are accounted for", fetched, r.counts.Fetched),
			Fix:     "run the sync again with --full; report this with the run's log, since it is a fault of Warren",
		}
	}
	return nil
}

// beat keeps the lease alive until ctx ends. It returns an error when another
// process holds the stream (L7); that a beat does not get through is no reason
// to stop, since every batch proves the lease anew.
func (e *Engine) beat(ctx context.Context, s Session, every time.Duration) error {
	for e.Clock.Wait(ctx, every) == nil {
		if err := s.Beat(ctx); crm.CodeOf(err) == crm.CodeLeaseLost && err != nil {
			return err
		}
	}
	return nil
}

// finish closes the run, also when ctx has ended.
func (e *Engine) finish(ctx context.Context, r *run, err error) (crm.Run, error) {
	most := finishTime
	if ctx.Err() != nil {
		most = cancelTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
	defer cancel()
	o := warehouse.Outcome{Err: err, Counts: r.counts}
	if r.preparer != nil {
		r.settle(ctx)
		o.Outside, o.Requests, o.Bill = r.preparer.outside, r.preparer.requests, r.preparer.bill
	}
	switch {
	case err == nil && r.remark != nil:
		o.Status, o.Err = crm.StatusPartial, r.remark
	case err == nil && r.counts.Failed > 0:
		o.Status = crm.StatusPartial
	case err == nil:
		o.Status = crm.StatusSuccess
	case crm.CodeOf(err) == crm.CodeCancelled, crm.CodeOf(err) == crm.CodeStreamAbsent:
		o.Status = crm.StatusCancelled
	default:
		o.Status = crm.StatusFailed
	}
	if err == nil && r.plan.watermark {
		o.Watermark = r.watermark()
	}
	if err == nil && r.plan.checkpoints {
		o.Complete = &r.basis
	}
	if err == nil {
		o.Rows = r.rows
		r.tellLearned()
		if check := r.check; check != (crm.Check{}) { // a copy: who keeps it does not keep the run
			o.Check = &check
		}
	}
	finished, finishErr := r.session.Finish(ctx, o)
	if finishErr != nil && finished.ID == 0 {
		// The history could not be reached: this is what it would say.
		status := o.Status
		if err == nil {
			status = crm.StatusFailed
		}
		finished = crm.Run{
			ID: r.session.RunID(), StreamID: r.job.ID, Mode: r.plan.mode, Status: status, Start: r.started,
			End: e.Clock.Now(), Counts: r.counts, Requests: o.Requests, Outside: o.Outside, Bill: o.Bill, Check: o.Check,
		}
	}
	if err == nil {
		err = finishErr
	}
	return finished, err
}

// watermark is where the stream's watermark stands after the run (L1).
func (r *run) watermark() time.Time {
	before := r.session.State().Watermark
	if !r.plan.watermark {
		return before
	}
	return crm.NextWatermark(r.preparer.start, r.preparer.seen, before, r.job.Ask.Overlap)
}

// interrupted turns the end of ctx into the error that says so.
func (e *Engine) interrupted(ctx context.Context, err error) error {
	var known *crm.Error
	switch {
	case err == nil || errors.As(err, &known) && known.Code != crm.CodeInternal && ctx.Err() == nil:
		return err
	case ctx.Err() != nil:
		return &crm.Error{
			Code: crm.CodeCancelled, Origin: crm.OriginWarren, Message: "the run was interrupted",
			Fix: "run the same command again: it goes on after the last batch that this run wrote", Err: nil,
		}
	case known != nil:
		return err
	}
	return &crm.Error{Code: crm.CodeInternal, Origin: crm.OriginWarren, Message: "the run failed",
		Fix: "run the command again with --debug and report what it prints", Err: err}
}

// options is what the history keeps of how the run was asked for.
func options(a Ask) map[string]any {
	o := map[string]any{"full": a.Full, "batch_size": a.BatchSize, "overlap": a.Overlap.String()}
	if !a.Since.IsZero() {
		o["since"] = a.Since.Format(time.RFC3339)
	}
	if !a.Until.IsZero() {
		o["until"] = a.Until.Format(time.RFC3339)
	}
	if a.MaxRecords > 0 {
		o["max_records"] = a.MaxRecords
	}
	if a.Verify && a.Sample > 0 {
		o["sample"] = a.Sample
	}
	if len(a.Picked) > 0 {
		o["picked"] = len(a.Picked)
	}
	return o
}
