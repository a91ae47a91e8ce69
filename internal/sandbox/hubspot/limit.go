package hubspot

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// policy is the name of a limit, as a 429 has it.
type policy string

const (
	none        policy = ""
	tenSecondly policy = "TEN_SECONDLY_ROLLING"
	secondly    policy = "SECONDLY"
	daily       policy = "DAILY"
)

func (p policy) text() string { return strings.ToLower(string(p)) }

// class is how a call counts against the limits. All count against the day's.
type class uint8

const (
	inWindow class = iota // against those of ten seconds
	isSearch              // against those of a second, and without headers
	isExempt              // against no other
)

// What headers say of limits that no trap enforces.
const (
	usualTenSecondly = 190
	usualDaily       = 625_000
)

// How long calls and searches count against their limits.
const (
	callWindow   = 10 * time.Second
	searchWindow = time.Second
)

// gate counts the calls of the account, over all its tokens.
type gate struct {
	mu       sync.Mutex
	calls    []time.Time // of the last ten seconds
	searches []time.Time // of the last second
	day      time.Time   // the midnight that began the present day
	today    int
}

// enter counts the call, or names the limit that refuses it; refused calls do
// not count. It returns how many have passed in the window and on the day.
func (g *gate) enter(now time.Time, c class, t *Traps) (refused policy, window, today int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if day := midnight(now); !day.Equal(g.day) {
		g.day, g.today = day, 0
	}
	g.calls = since(g.calls, now.Add(-callWindow))
	g.searches = since(g.searches, now.Add(-searchWindow))
	switch {
	case t.Daily > 0 && g.today >= t.Daily:
		refused = daily
	case c == isSearch && t.SearchRate > 0 && len(g.searches) >= t.SearchRate:
		refused = secondly
	case c == inWindow && t.TenSecondly > 0 && len(g.calls) >= t.TenSecondly:
		refused = tenSecondly
	default:
		g.today++
		switch c {
		case isSearch:
			g.searches = append(g.searches, now)
		case inWindow:
			g.calls = append(g.calls, now)
		case isExempt:
		}
	}
	return refused, len(g.calls), g.today
}

// since drops the times that are not after the instant from a sorted list.
func since(times []time.Time, instant time.Time) []time.Time {
	n := 0
	for n < len(times) && !times[n].After(instant) {
		n++
	}
	return append(times[:0], times[n:]...)
}

func (g *gate) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls, g.searches, g.day, g.today = nil, nil, time.Time{}, 0
}

// used returns how many calls of the day have passed.
func (g *gate) used(now time.Time) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !midnight(now).Equal(g.day) {
		return 0
	}
	return g.today
}

// zone is the account's time zone, in which its days end: it has no summer time.
const (
	zoneName   = "America/Phoenix"
	zoneOffset = -7 * time.Hour
)

func midnight(now time.Time) time.Time {
	return now.UTC().Add(zoneOffset).Truncate(24 * time.Hour).Add(-zoneOffset)
}

// pass counts the call and puts the headers that tell of limits; it answers
// itself, and is false, when a limit refuses the call. Calls of public apps have
// no headers of the day.
func (s *Server) pass(w http.ResponseWriter, c class, public bool) bool {
	t := s.Traps()
	refused, window, today := s.gate.enter(s.cfg.Clock.Now(), c, &t)
	if c != isSearch {
		most, mostDaily := t.TenSecondly, t.Daily
		if most == 0 {
			most = usualTenSecondly
		}
		if mostDaily == 0 {
			mostDaily = usualDaily
		}
		h := w.Header()
		h.Set("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
		h.Set("X-HubSpot-RateLimit-Max", strconv.Itoa(most))
		h.Set("X-HubSpot-RateLimit-Remaining", strconv.Itoa(max(most-window, 0)))
		h.Set("X-HubSpot-RateLimit-Secondly", strconv.Itoa(max(most/10, 1)))
		h.Set("X-HubSpot-RateLimit-Secondly-Remaining", strconv.Itoa(max(most/10-1, 0)))
		if !public {
			h.Set("X-HubSpot-RateLimit-Daily", strconv.Itoa(mostDaily))
			h.Set("X-HubSpot-RateLimit-Daily-Remaining", strconv.Itoa(max(mostDaily-today, 0)))
		}
	}
	if refused != none {
		s.failLimit(w, refused)
		return false
	}
	return true
}
