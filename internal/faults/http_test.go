package faults_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/faults"
)

const page = `{"data":[1,2,3,4,5,6,7,8,9]}`

// source answers every call with the page, and counts.
type source struct{ calls int }

func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls++
	w.Header().Set("X-Path", r.RequestURI)
	_, _ = io.WriteString(w, page)
	w.Header().Set("X-Late", "too late")
}

func get(t *testing.T, way http.RoundTripper) (status int, header http.Header, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://crm.test/leads?page=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := way.RoundTrip(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if resp.ContentLength >= 0 && err == nil && resp.ContentLength != int64(len(text)) {
		t.Errorf("%d bytes were announced and %d came", resp.ContentLength, len(text))
	}
	return resp.StatusCode, resp.Header, string(text), err
}

func TestACallMeetsTheFaultThatWasPlanned(t *testing.T) {
	until := (&still{}).Now().Add(time.Minute)
	for name, c := range map[string]struct {
		fault  faults.HTTPFault
		status int
		body   string
		want   error
		served int // calls that the source saw
		waited time.Duration
		retry  string // Retry-After
	}{
		"served":            {fault: faults.HTTPFault{}, status: 200, body: page, served: 1},
		"500":               {fault: faults.Status(500), status: 500},
		"401":               {fault: faults.Status(401), status: 401},
		"429":               {fault: faults.TooMany(""), status: 429},
		"429 with seconds":  {fault: faults.TooMany("7"), status: 429, retry: "7"},
		"429 with a date":   {fault: faults.TooMany(faults.RetryDate(until)), status: 429, retry: "Fri, 01 May 2026 12:01:00 GMT"},
		"429 with nonsense": {fault: faults.TooMany("-1e99 parsecs"), status: 429, retry: "-1e99 parsecs"},
		"an answer of its own": {
			fault:  faults.HTTPFault{Kind: faults.Answered, Status: 503, Body: []byte("<html>")},
			status: 503, body: "<html>",
		},
		"reset before":   {fault: faults.HTTPFault{Kind: faults.ResetBefore}, want: faults.Reset},
		"reset after":    {fault: faults.HTTPFault{Kind: faults.ResetAfter}, want: faults.Reset, served: 1},
		"cut":            {fault: faults.HTTPFault{Kind: faults.CutBody}, status: 200, body: page[:len(page)/2], want: io.ErrUnexpectedEOF, served: 1},
		"cut, no length": {fault: faults.HTTPFault{Kind: faults.CutUnknown}, status: 200, body: page[:len(page)/2], served: 1},
		"slow":           {fault: faults.Slow(time.Second), status: 200, body: page, served: 1, waited: 7 * time.Second},
		"a dead network": {fault: faults.HTTPFault{Kind: faults.Unplugged}, want: faults.NoLink},
	} {
		t.Run(name, func(t *testing.T) {
			clock, crm := &still{}, &source{}
			var asked []int64
			way := faults.Transport(faults.InProcess(crm, clock), clock, func(n int64, _ *http.Request) faults.HTTPFault {
				asked = append(asked, n)
				return c.fault
			})
			status, header, body, err := get(t, way)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("the call says %v, want %v", err, c.want)
			}
			if status != c.status || body != c.body || crm.calls != c.served || clock.waited != c.waited {
				t.Errorf("status %d, body %q, %d calls served, %s waited", status, body, crm.calls, clock.waited)
			}
			if header.Get("Retry-After") != c.retry {
				t.Errorf("Retry-After is %q, want %q", header.Get("Retry-After"), c.retry)
			}
			if len(asked) != 1 || asked[0] != 1 {
				t.Errorf("asked about the calls %v", asked)
			}
		})
	}
}

func TestANetworkThatIsDeadStaysDead(t *testing.T) {
	crm := &source{}
	way := faults.Transport(faults.InProcess(crm, &still{}), &still{}, func(n int64, _ *http.Request) faults.HTTPFault {
		if n == 2 {
			return faults.HTTPFault{Kind: faults.Unplugged}
		}
		return faults.HTTPFault{}
	})
	for n, want := range []error{nil, faults.NoLink, faults.NoLink, faults.NoLink} {
		if _, _, _, err := get(t, way); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("call %d says %v", n+1, err)
		}
	}
	if crm.calls != 1 {
		t.Errorf("the source saw %d calls", crm.calls)
	}
}

func TestInProcessAnswersAsAServerWould(t *testing.T) {
	status, header, body, err := get(t, faults.InProcess(&source{}, &still{}))
	if err != nil || status != 200 || body != page {
		t.Fatalf("%d, %q, %v", status, body, err)
	}
	if header.Get("Date") != "Fri, 01 May 2026 12:00:00 GMT" || header.Get("X-Path") != "/leads?page=2" || header.Get("X-Late") != "" {
		t.Errorf("%v", header)
	}
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", "Sat, 02 May 2026 00:00:00 GMT")
		w.WriteHeader(http.StatusNotModified)
		w.WriteHeader(http.StatusTeapot)
	})
	if status, header, _, _ = get(t, faults.InProcess(own, &still{})); status != 304 || !strings.HasPrefix(header.Get("Date"), "Sat") {
		t.Errorf("%d, %v", status, header)
	}
	silent := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	if status, _, _, _ = get(t, faults.InProcess(silent, &still{})); status != 200 {
		t.Errorf("a handler that says nothing answers %d", status)
	}
}

func TestACallerWhoLeavesIsHeard(t *testing.T) {
	for name, h := range map[string]func(context.CancelFunc) http.Handler{
		"before the call": func(cancel context.CancelFunc) http.Handler { cancel(); return &source{} },
		"while it is answered": func(cancel context.CancelFunc) http.Handler {
			return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://crm.test/", nil)
			if err != nil {
				t.Fatal(err)
			}
			way := faults.Transport(faults.InProcess(h(cancel), &still{}), &still{}, func(int64, *http.Request) faults.HTTPFault {
				return faults.HTTPFault{}
			})
			resp, err := way.RoundTrip(r)
			if err == nil {
				_ = resp.Body.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("while the body comes", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://crm.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		way := faults.Transport(faults.InProcess(&source{}, &still{}), &still{}, func(int64, *http.Request) faults.HTTPFault {
			return faults.Slow(time.Second)
		})
		resp, err := way.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		cancel()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}
