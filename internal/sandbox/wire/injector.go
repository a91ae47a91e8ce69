package wire

import (
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/warren-sync/warren/internal/crm"
)

// API is what the wire has to know of a CRM.
type API struct {
	Handler http.Handler
	Route   func(*http.Request) string                           // the call's name in counts, such as GET /leads/{id}
	Page    func(*http.Request) int                              // the page asked for, 1 when none is
	Fail    func(w http.ResponseWriter, status int, text string) // answers in the CRM's form of errors
}

// Injector is an API as it is met over a wire with faults. It counts the calls
// and is safe for concurrent use.
type Injector struct {
	api   API
	clock crm.Clock
	seed  uint64

	mu     sync.Mutex
	faults Faults
	calls  int            // since the faults were switched
	tries  map[string]int // by route and page, since the faults were switched
	bucket bucket
	counts map[string]int // by route and status, since the start
}

// NewInjector wraps api. Chance follows from the seed and the order of calls.
func NewInjector(api API, clock crm.Clock, seed uint64) *Injector {
	return &Injector{api: api, clock: clock, seed: seed, tries: map[string]int{}, counts: map[string]int{}}
}

// Switch puts other faults in place of the present ones. Counts that faults go
// by (calls, tries of a page) begin anew.
func (i *Injector) Switch(f Faults) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults, i.calls, i.tries, i.bucket = f, 0, map[string]int{}, bucket{}
}

// Requests returns how many calls were answered, by route and status, such as
// "GET /leads 200"; a call that got none counts as status dropped.
func (i *Injector) Requests() map[string]int {
	i.mu.Lock()
	defer i.mu.Unlock()
	counts := make(map[string]int, len(i.counts))
	for k, n := range i.counts {
		counts[k] = n
	}
	return counts
}

// ServeHTTP answers the call, or spoils it. It is counted before the client can
// see the answer.
func (i *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route := i.api.Route(r)
	out := &recorder{ResponseWriter: w, count: func(outcome string) {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.counts[route+" "+outcome]++
	}}
	f, fate := i.judge(route, i.api.Page(r))
	if i.clock.Wait(r.Context(), f.Latency) != nil {
		out.record("dropped") // the client has gone
		return
	}
	i.serve(out, r, f, fate)
}

func (i *Injector) serve(w *recorder, r *http.Request, f Faults, fate fate) {
	date := i.clock.Now().Add(f.Skew)
	w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
	switch fate {
	case fateReset:
		w.record("dropped")
		reset(w)
	case fateTooMany:
		f.RetryAfter.Set(w.Header(), date)
		i.api.Fail(w, http.StatusTooManyRequests, "Too many requests.")
	case fateExpired:
		i.api.Fail(w, http.StatusUnauthorized, "The token has expired.")
	case fateUnavailable:
		f.RetryAfter.Set(w.Header(), date)
		i.api.Fail(w, http.StatusServiceUnavailable, "Down for maintenance.")
	case fateBroken:
		i.api.Fail(w, http.StatusInternalServerError, "Whoops, looks like something went wrong.")
	case fateHTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>\n"))
	default:
		i.deliver(w, r, f, fate == fateTruncated)
	}
}

// fate is what becomes of one call.
type fate uint8

const (
	fateServed fate = iota
	fateReset
	fateTooMany
	fateExpired
	fateUnavailable
	fateBroken
	fateHTML
	fateTruncated
)

// judge counts the call and decides its fate.
func (i *Injector) judge(route string, page int) (Faults, fate) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f := i.faults
	i.calls++
	key := route + " " + strconv.Itoa(page)
	i.tries[key]++
	c := call{number: i.calls, page: page, try: i.tries[key], seed: i.seed}
	limited := f.Rate > 0 && !i.bucket.take(i.clock.Now(), f.Rate)
	for _, candidate := range []struct {
		fate    fate
		strikes bool
	}{
		{fateReset, f.Reset.strikes(c, 1)},
		{fateTooMany, limited || f.TooMany.strikes(c, 2)},
		{fateExpired, f.Expire > 0 && c.number > f.Expire},
		{fateUnavailable, f.Unavailable.strikes(c, 3)},
		{fateBroken, f.Broken.strikes(c, 4)},
		{fateHTML, f.HTML.strikes(c, 5)},
		{fateTruncated, f.Truncate.strikes(c, 6)},
	} {
		if candidate.strikes {
			return f, candidate.fate
		}
	}
	return f, fateServed
}

// reset drops the connection so that the peer sees a reset. Where the
// connection cannot be had, the call ends with an empty body instead.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
