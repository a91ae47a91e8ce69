package client

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// praise gives p n good answers, a second apart, and returns the time after.
func praise(p *pace, from time.Time, n int) time.Time {
	for range n {
		from = from.Add(sec)
		p.made.add(from)
		p.praise(from)
	}
	return from
}

func TestPaceHalvesOncePerCooldownDownToItsFloor(t *testing.T) {
	p := newPace(8, 1.5)
	for _, step := range []struct {
		after time.Duration
		want  float64
	}{
		{0, 4},
		{sec, 4}, // of the same burst
		{slowCooldown - 1, 4},
		{slowCooldown, 2},
		{2 * slowCooldown, 1.5},
		{3 * slowCooldown, 1.5},
	} {
		p.slow(noon.Add(step.after))
		if p.rate != step.want {
			t.Errorf("after %s: rate %g, want %g", step.after, p.rate, step.want)
		}
	}
}

func TestPaceClimbsQuicklyAndFeelsItsWayNearTheWall(t *testing.T) {
	p := newPace(2, 0.1)
	p.slow(noon)
	at := praise(p, noon, 6) // 1.1 to the 6th is 1.77
	if p.rate < 1.7 || p.rate > 1.8 {
		t.Errorf("rate %g after 6 s, want about 1.77", p.rate)
	}
	at = praise(p, at, 10)
	if p.rate > 1.9 {
		t.Errorf("rate %g: it runs into the wall", p.rate)
	}
	praise(p, at, 60)
	if p.rate != 2 {
		t.Errorf("rate %g, want the ceiling", p.rate)
	}
}

func TestRefusalsWithinTheCooldownDoNotStopTheRecovery(t *testing.T) {
	p := newPace(2, 0.1)
	p.slow(noon)
	at := praise(p, noon, 3)
	p.slow(at)
	praise(p, at, 3)
	if p.rate < 1.7 {
		t.Errorf("rate %g, want about 1.77", p.rate)
	}
}

func TestIdleTimeRaisesTheRateByLittle(t *testing.T) {
	p := newPace(10, 0.1)
	p.slow(noon)
	p.praise(noon.Add(time.Hour))
	if p.rate != 7.5 {
		t.Errorf("rate %g, want 7.5", p.rate)
	}
}

func TestPaceWithoutLimitHalvesWhatItMeasured(t *testing.T) {
	p := newPace(0, 0.1)
	for i := range 21 {
		if s, _ := p.reserve(noon.Add(time.Duration(i)*sec/4), time.Time{}); s.rate != 0 {
			t.Fatalf("slot %+v, want no limit", s)
		}
	}
	p.slow(noon.Add(5 * sec))
	if p.rate != 2.1 { // 21 calls in 5 s
		t.Errorf("rate %g, want 2.1", p.rate)
	}
	at := praise(p, noon.Add(5*sec), 100)
	if p.rate < 3 || p.rate > headroom*1.1*p.made.rate(at) {
		t.Errorf("rate %g for %g calls a second, want it to grow, within the headroom", p.rate, p.made.rate(at))
	}
}

// However the first calls happen to fall, a limit by the rate is not taken for
// refusals by chance again and again.
func TestTrueLimitIsKeptWhateverTheRunBeganWith(t *testing.T) {
	for first := 6; first <= 60; first++ {
		p, refuse := newPace(0, 0.1), bucket(5, 5)
		refused, at := 0, noon
		answer := func() {
			if !refuse(at) {
				p.praise(at)
				return
			}
			p.slow(at)
			if at.Sub(noon) > 2*time.Minute {
				refused++
			}
		}
		for range first { // without a limit: all at once
			p.reserve(at, time.Time{})
		}
		for range first {
			answer()
		}
		for at.Sub(noon) < 12*time.Minute {
			s, _ := p.reserve(at, time.Time{})
			at = s.at
			answer()
		}
		if refused > 40 {
			t.Errorf("%d calls at once first: %d refusals in 10 minutes, want at most 4 a minute", first, refused)
		}
	}
}

func TestMeasureForgetsWhatIsLongAgo(t *testing.T) {
	p := newPace(0, 0.1)
	for range 1000 {
		p.reserve(noon, time.Time{})
	}
	later := noon.Add(time.Hour)
	for range 10 {
		p.reserve(later, time.Time{})
	}
	p.slow(later)
	if p.rate != 5 {
		t.Errorf("rate %g, want 5", p.rate)
	}
}

func TestReserveTakesNoSlotBeyondLatest(t *testing.T) {
	p := newPace(1, 0.1)
	p.reserve(noon, time.Time{})
	if s, ok := p.reserve(noon, noon.Add(sec/2)); ok {
		t.Fatalf("took %+v", s)
	}
	if s, ok := p.reserve(noon, noon.Add(sec)); !ok || s.at != noon.Add(sec) {
		t.Errorf("slot %+v, %v: the refused one must not be used up", s, ok)
	}
}

func TestTinyRateStillMovesForward(t *testing.T) {
	p := newPace(1e-300, 1e-300)
	p.reserve(noon, time.Time{})
	if s, _ := p.reserve(noon, time.Time{}); s.at != noon.Add(maxGap) {
		t.Errorf("next slot at %s", s.at)
	}
}

func TestShorterPauseDoesNotEndALongerOne(t *testing.T) {
	p := newPace(0, 0.1)
	p.pause(noon, 10*sec)
	p.pause(noon, sec)
	if !p.paused(noon.Add(9*sec)) || p.paused(noon.Add(10*sec)) {
		t.Errorf("pause until %s", p.until)
	}
	p.pause(noon, long)
	if p.paused(noon.Add(maxPause)) {
		t.Errorf("pause until %s, want at most %s", p.until, maxPause)
	}
}
