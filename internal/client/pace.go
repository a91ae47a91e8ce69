package client

import (
	"sync"
	"time"
)

const (
	// slowCooldown keeps a burst of refusals, all answers to calls that left
	// at the old rate, from halving the rate more than once.
	slowCooldown = 5 * time.Second
	// fastGrowth and slowGrowth are the shares by which the rate grows in a
	// second: fast where the source is known or likely to keep up, slowly
	// between nearWall and pastWall times the rate that it last refused.
	fastGrowth = 0.10
	slowGrowth = 0.005
	nearWall   = 0.85
	pastWall   = 1.1
	// maxGrowthTime bounds the time that one good answer can count for.
	maxGrowthTime = 5 * time.Second
	// A refusal below sameWall times the rate last refused shows that halving
	// was of no use; futileCuts of these in a row show that the source refuses
	// by chance, not because of the rate. Each time that many refusals refute it,
	// it takes twice as many: on the way down to a true limit the first walls lie
	// far apart as well.
	sameWall   = 0.95
	futileCuts = 3
	// shareOver is about how many answers the share of refusals is taken;
	// from tooMany on they are never put down to chance.
	shareOver = 20
	tooMany   = 0.25
	// headroom is how many times the rate of the calls made a rate without a
	// ceiling may grow to: more would be a guess.
	headroom = 4
	// maxGap bounds the time between two slots, however low the rate.
	maxGap = time.Hour
)

// pace is the rate of one account. It hands out slots that lie 1/rate apart;
// without a limit all of them are now.
//
// It halves when the source objects, climbs back quickly to a little below the
// rate that was refused (the wall) and feels its way on from there, so that a
// true limit is met a few times a minute at most. Where refusals go on however
// much it slows down, while most answers are good, the rate is not their cause:
// they are then put up with until they become many.
type pace struct {
	mu      sync.Mutex
	rate    float64 // calls a second that are allowed; 0 while there is no limit
	ceiling float64 // 0 for none
	floor   float64
	next    time.Time
	until   time.Time     // the end of the pause that the source asked for
	gap     time.Duration // between slots at least, while the source's quota is low
	saving  time.Time     // until when gap holds, unless the source says otherwise
	slowed  time.Time
	grown   time.Time // up to when good answers have raised the rate

	wall   float64 // the rate last refused
	futile int     // halvings in a row that did not help
	proof  int     // how many of these show that refusals come by chance
	share  float64 // of refusals among the last answers
	heard  float64 // how many answers there were, at most shareOver
	made   meter
}

func newPace(rate, floor float64) *pace {
	return &pace{rate: rate, ceiling: rate, floor: floor, proof: futileCuts}
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
	gap := time.Duration(0)
	if p.rate > 0 {
		gap = time.Duration(min(float64(time.Second)/p.rate, float64(maxGap)))
	}
	if p.saving.After(at) {
		gap = max(gap, p.gap)
	}
	if gap > 0 {
		p.next = at.Add(gap)
	}
	p.made.add(now)
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

// spread notes what is left of the source's quota: little of it is made to last
// until it is new.
func (p *pace) spread(now time.Time, q Quota) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gap, p.saving = q.gap(), now.Add(q.Per)
	if next := now.Add(p.gap); p.gap > 0 && next.After(p.next) {
		p.next = next
	}
}

// slow notes a refusal: it halves the rate, or sets a first limit at half of
// what was measured, unless refusals come by chance.
func (p *pace) slow(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hear(1)
	if !p.slowed.IsZero() && now.Sub(p.slowed) < slowCooldown {
		return
	}
	if p.chance() && p.share < tooMany {
		return
	}
	switch {
	case p.rate == 0:
		p.rate = p.made.rate(now)
	case p.rate < sameWall*p.wall && p.share < tooMany:
		p.futile++
	default:
		if p.chance() {
			p.proof *= 2
		}
		p.futile = 0
	}
	if p.chance() {
		return
	}
	p.slowed, p.grown, p.wall = now, now, p.rate
	p.rate = max(p.rate/2, p.floor)
}

// hear adds an answer to the share of refusals: 1 for a refusal, 0 for none. The
// first answers count for as much as there are, or a source that is asked much
// too fast would seem to refuse by chance at first.
func (p *pace) hear(refusal float64) {
	p.heard = min(p.heard+1, shareOver)
	p.share += (refusal - p.share) / p.heard
}

// chance reports whether slowing down has proved to be of no use.
func (p *pace) chance() bool { return p.futile >= p.proof }

// praise notes a good answer. The rate grows with the time that the source is
// content, not with the number of answers: else it would not recover where it
// is low.
func (p *pace) praise(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hear(0)
	quiet := min(now.Sub(p.grown), maxGrowthTime)
	p.grown = now
	if p.rate == 0 || p.rate == p.ceiling || p.ceiling == 0 && p.rate >= headroom*p.made.rate(now) {
		return
	}
	near, seconds := nearWall*p.wall, max(quiet, 0).Seconds()
	switch {
	case p.chance() || p.rate >= pastWall*p.wall:
		p.rate *= 1 + fastGrowth*seconds
	case p.rate >= near:
		p.rate *= 1 + slowGrowth*seconds
	default:
		p.rate = min(p.rate*(1+fastGrowth*seconds), near)
	}
	if p.ceiling > 0 {
		p.rate = min(p.rate, p.ceiling)
	}
}
