package client

import "time"

// meterSpan is the length of one of the two spans over which calls are counted.
const meterSpan = 5 * time.Second

// meter knows the rate of the calls made in the last five to ten seconds: it
// counts the current span and remembers the one before, so that it never
// starts from nothing in the middle of the traffic.
type meter struct {
	began  time.Time // the current span
	calls  int
	before int // calls in the span before
}

// add counts a call.
func (m *meter) add(now time.Time) {
	m.turn(now)
	m.calls++
}

// rate returns calls a second. What is shorter than a second counts as one.
func (m *meter) rate(now time.Time) float64 {
	m.turn(now)
	over := now.Sub(m.began)
	if m.before > 0 {
		over += meterSpan
	}
	return float64(m.before+m.calls) / max(over.Seconds(), 1)
}

// turn begins a new span when the current one is over.
func (m *meter) turn(now time.Time) {
	switch past := now.Sub(m.began); {
	case past >= 2*meterSpan:
		*m = meter{began: now}
	case past >= meterSpan:
		m.began, m.before, m.calls = m.began.Add(meterSpan), m.calls, 0
	}
}
