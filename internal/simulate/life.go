package simulate

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// live is a life: several runs, with people, weather and deaths, and then the
// last judgement in a quiet world. Its error is a *Breach, or what kept the
// simulation itself from going on.
func (w *world) live(ctx context.Context) error {
	p, err := w.start(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }() // the first error is the one that matters
	for range w.dice.between(3, 8) {
		if err := w.rest(ctx); err != nil {
			return err
		}
		if p, err = w.next(ctx, p, 25); err != nil {
			return err
		}
		if err := w.free(ctx, p); err != nil {
			return err
		}
		if err := w.hand.meddle(ctx, 40); err != nil {
			return err
		}
		p.weather = w.newWeather()
		if w.company.trick(true) {
			p.weather.excuse()
		}
		r, err := w.try(ctx, p, w.ask())
		w.company.trick(false)
		if err != nil {
			return err
		}
		if r.died {
			if p, err = w.next(ctx, p, 100); err != nil {
				return err
			}
		}
	}
	if w.company.heed() {
		if p, err = w.next(ctx, p, 100); err != nil {
			return err
		}
	}
	return w.quiet(ctx, p)
}

// rest lets time pass, in which people work.
func (w *world) rest(ctx context.Context) error {
	if err := w.clock.Wait(ctx, time.Millisecond); err != nil {
		return err
	}
	w.people.work(w.dice.between(0, 4), "")
	most := 6 * time.Hour
	if w.settings.stale > time.Second && w.dice.chance(60) {
		most = w.settings.stale // so that a cache has something to say
	}
	err := w.clock.Wait(ctx, w.dice.span(time.Second, most)/laneCount*laneCount)
	w.people.work(w.dice.between(0, 4), "")
	return err
}

// next puts another process in the place of p, in so many cases of a hundred.
func (w *world) next(ctx context.Context, p *process, percent int) (*process, error) {
	if !w.dice.chance(percent) {
		return p, nil
	}
	if err := p.close(); err != nil {
		return p, err
	}
	w.config.change()
	return w.start(ctx)
}

// free waits until the stream can be had: a run that died, or could not be
// closed, has it until its lease ends, and not longer (L7).
func (w *world) free(ctx context.Context, p *process) error {
	s := w.seen.before
	left := s.until.Sub(w.clock.Now())
	if s.holder == 0 || left <= 0 {
		return nil
	}
	if left < 10*time.Second {
		return w.clock.Wait(ctx, left+time.Millisecond) // it may end while the other run asks the source what there is
	}
	w.story.happened(LeaseWaited, World, "run %d has the stream for another %.3fs", s.holder, left.Seconds())
	p.weather = &weather{}
	r := p.run(ctx, engine.Ask{BatchSize: 10})
	if crm.CodeOf(r.err) != crm.CodeBusy || r.err == nil {
		return broken("L7", "run %d has the stream and another run ends with: %v", s.holder, r.err)
	}
	return w.clock.Wait(ctx, s.until.Sub(w.clock.Now())+time.Millisecond)
}

// intrude lets a second process try to sync the stream that another one has.
func (w *world) intrude(ctx context.Context) error {
	now, err := w.look(ctx, false)
	if err != nil || now.holder == 0 || !now.until.After(w.clock.Now().Add(10*time.Second)) {
		return err // a dry run, or one whose lease may end meanwhile
	}
	second, err := w.start(ctx)
	if err != nil {
		return err
	}
	r := second.run(ctx, engine.Ask{BatchSize: 10})
	if err := second.close(); err != nil {
		return err
	}
	if ctx.Err() == nil && (crm.CodeOf(r.err) != crm.CodeBusy || r.err == nil) {
		return broken("L7", "run %d has the stream and a second process ends with: %v", now.holder, r.err)
	}
	w.story.happened(BusyMet, World, "process %d finds the stream taken", second.number)
	return nil
}

// ask draws what is wanted of the next run.
func (w *world) ask() engine.Ask {
	d := w.dice
	a := engine.Ask{BatchSize: d.between(1, 50)}
	switch roll := d.IntN(100); {
	case w.settings.stale > 0 && d.chance(40):
		a.Full = true
	case roll < 50: // as cron does
	case roll < 67:
		a.Full = true
	case roll < 72:
		a.Full, a.Restart = true, true
	case roll < 84:
		now := w.clock.Now().Add(w.settings.skew)
		a.Since = now.Add(-d.span(time.Minute, 3*365*24*time.Hour))
		if d.chance(50) {
			a.Until = a.Since.Add(d.span(time.Minute, 2*365*24*time.Hour))
		}
	case roll < 92:
		a.DryRun, a.Full = true, d.chance(30)
	default:
		a.MaxRecords, a.Full = int64(d.between(1, 40)), d.chance(30)
	}
	if len(w.seen.before.open) > 0 && w.replay.chance(w.config.hope()) {
		return engine.Ask{BatchSize: a.BatchSize, Replay: true}
	}
	if v := w.verify; v.chance(12) && !w.stream.Snapshot && len(w.seen.before.rows) > 0 {
		a = engine.Ask{BatchSize: a.BatchSize, Verify: true, DryRun: v.chance(50)}
		if v.chance(30) && w.company.promise().shown {
			a.Sample = v.between(1, 60)
		}
	}
	return a
}
