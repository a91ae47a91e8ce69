package client

import (
	"sync"
	"time"
)

const (
	// slowCooldown keeps a burst of refusals, all answers to calls that left
	// at the old rate, from halving the rate more than once.
	slowCooldown = 5 * time.Second
	// praiseEvery good answers raise the rate by one of rateSteps steps.
	praiseEvery = 20
	rateSteps   = 20
	// measureOver is how far back the rate of calls is measured while there is
	// no limit.
	measureOver = 10 * time.Second
	// maxGap bounds the time between two slots, however low the rate.
	maxGap = time.Hour
)

// pace is the rate of one account: it halves when the source objects and
// creeps up again while the source is content (additive increase,
// multiplicative decrease). It hands out slots that lie 1/rate apart; without a
// limit all of them are now.
type pace struct {
	mu      sync.Mutex
	rate    float64 // calls a second that are allowed; 0 while there is no limit
	ceiling float64 // 0 for none
	floor   float64
	step    float64 // by which the rate creeps up
	good    int     // answers since the last step
	next    time.Time
	until   time.Time // the end of the pause that the source asked for
	slowed  time.Time

	measured time.Time // since when calls are counted, to know the rate that was too much
	calls    int
}

func newPace(rate, floor float64) *pace {
	return &pace{rate: rate, ceiling: rate, floor: floor, step: rate / rateSteps}
}

// slot is the instant at which one call may be sent.
type slot struct {
	at   time.Time
	rate float64
}

// reserve takes the next free slot. It takes none, and returns false, when
// that has to be waited for and lies after latest; a zero latest is no bound.
func (p *pace) reserve(now, latest time.Time) (slot, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := now
	for _, t := range []time.Time{p.next, p.until} {
		if t.After(at) {
			at = t
		}
	}
	s := slot{at: at, rate: p.rate}
	if at.After(now) && !latest.IsZero() && at.After(latest) {
		return s, false
	}
	if p.rate > 0 {
		p.next = at.Add(time.Duration(min(float64(time.Second)/p.rate, float64(maxGap))))
	}
	if now.Sub(p.measured) > measureOver {
		p.measured, p.calls = now, 0
	}
	p.calls++
	return s, true
}

// paused reports whether the source asked for a pause that still lasts.
func (p *pace) paused(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.After(now)
}

// pause holds all callers back for d, at most maxPause.
func (p *pace) pause(now time.Time, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := now.Add(min(d, maxPause)); until.After(p.until) {
		p.until = until
	}
}

// slow halves the rate, or sets a first limit at half of what was measured.
func (p *pace) slow(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.good = 0
	if !p.slowed.IsZero() && now.Sub(p.slowed) < slowCooldown {
		return
	}
	p.slowed = now
	if p.rate == 0 {
		p.rate = float64(p.calls) / max(now.Sub(p.measured).Seconds(), 1)
		p.step = p.rate / rateSteps
	}
	p.rate = max(p.rate/2, p.floor)
}

// praise notes a good answer.
func (p *pace) praise() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rate == 0 || p.rate == p.ceiling {
		return
	}
	p.good++
	if p.good < praiseEvery {
		return
	}
	p.good = 0
	p.rate += p.step
	if p.ceiling > 0 {
		p.rate = min(p.rate, p.ceiling)
	}
}
