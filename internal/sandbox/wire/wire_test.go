package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/trap"
)

func TestParseWhen(t *testing.T) {
	for text, want := range map[string]When{
		"10": {Every: 10}, "1": {Every: 1}, "0.01": {Share: 0.01}, "1.0": {Share: 1},
		"page:3": {Page: 3, Tries: 1}, "page:3:2": {Page: 3, Tries: 2}, "page:3:always": {Page: 3},
	} {
		got, err := ParseWhen(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("ParseWhen(%q) = %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "0", "-1", "1.5", "0.0", "NaN", "x", "page:", "page:0", "page:x", "page:3:0", "page:3:x", "page:3:"} {
		if got, err := ParseWhen(text); err == nil {
			t.Errorf("ParseWhen(%q) = %+v", text, got)
		}
	}
	if got := (When{}).String(); got != "off" {
		t.Errorf("the zero When is written %q", got)
	}
}

func TestParseRetryAfter(t *testing.T) {
	for text, want := range map[string]RetryAfter{
		"none": {None: true}, "2s": {Delay: 2 * time.Second}, "date:5s": {Date: true, Delay: 5 * time.Second},
	} {
		got, err := ParseRetryAfter(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("ParseRetryAfter(%q) = %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1s", "date:", "date:tomorrow"} {
		if got, err := ParseRetryAfter(text); err == nil {
			t.Errorf("ParseRetryAfter(%q) = %+v", text, got)
		}
	}
}

func TestBucket(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, tc := range []struct {
		rate  float64
		after []time.Duration // since the call before
		want  []bool
	}{
		{2, []time.Duration{0, 0, 0, 500 * time.Millisecond, 0}, []bool{true, true, false, true, false}},
		{0.5, []time.Duration{0, time.Second, time.Second, time.Hour, 0}, []bool{true, false, true, true, false}},
	} {
		var b bucket
		var got []bool
		for _, d := range tc.after {
			now = now.Add(d)
			got = append(got, b.take(now, tc.rate))
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("rate %g: %v; want %v", tc.rate, got, tc.want)
		}
	}
}

// greeting is a CRM that answers every call with the same line.
func greeting() API {
	return API{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello, world")) }),
		Route:   func(r *http.Request) string { return r.Method + " " + r.URL.Path },
		Page:    func(*http.Request) int { return 1 },
		Fail:    func(w http.ResponseWriter, status int, text string) { http.Error(w, text, status) },
	}
}

func faults(t *testing.T, list string) Faults {
	t.Helper()
	f, err := trap.Parse(FaultDefs(), list)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func ask(ctx context.Context, i *Injector) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	i.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/x", nil))
	return w
}

func TestEachFaultHasItsStatus(t *testing.T) {
	for list, want := range map[string]int{"": 200, "429=1": 429, "500=1": 500, "503=1": 503, "html=1": 200, "rate=1": 200, "expire=1": 200} {
		i := NewInjector(greeting(), crm.SystemClock{}, 1)
		i.Switch(faults(t, list))
		if got := ask(t.Context(), i).Code; got != want {
			t.Errorf("%s: %d; want %d", list, got, want)
		}
	}
}

func TestChanceFollowsTheSeed(t *testing.T) {
	run := func(seed uint64) (codes []int) {
		i := NewInjector(greeting(), crm.SystemClock{}, seed)
		i.Switch(faults(t, "500=0.5"))
		for range 50 {
			codes = append(codes, ask(t.Context(), i).Code)
		}
		return codes
	}
	if !slices.Equal(run(1), run(1)) || slices.Equal(run(1), run(2)) {
		t.Error("the failures are not those of the seed")
	}
}

func TestSwitchBeginsAnew(t *testing.T) {
	i := NewInjector(greeting(), crm.SystemClock{}, 1)
	for range 2 {
		i.Switch(faults(t, "500=page:1"))
		if a, b := ask(t.Context(), i).Code, ask(t.Context(), i).Code; a != 500 || b != 200 {
			t.Errorf("%d, then %d", a, b)
		}
	}
	if got := i.Requests(); got["GET /x 500"] != 2 || got["GET /x 200"] != 2 {
		t.Errorf("counted %v", got)
	}
}

func TestWaitsEndWithTheCall(t *testing.T) {
	for list, want := range map[string]string{"latency=1h": "", "slow=10h": ""} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			begun := time.Now()
			i := NewInjector(greeting(), crm.SystemClock{}, 1)
			i.Switch(faults(t, list))
			if got := ask(ctx, i).Body.String(); got != want || time.Since(begun) != time.Minute {
				t.Errorf("%s: %q after %s", list, got, time.Since(begun))
			}
		})
	}
}

func TestAnswersWithoutBodyPassUnspoilt(t *testing.T) {
	api := greeting()
	api.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	i := NewInjector(api, crm.SystemClock{}, 1)
	i.Switch(faults(t, "gzip,truncate=1,slow=1h"))
	if w := ask(t.Context(), i); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

func TestBodiesAreCutAndCompressed(t *testing.T) {
	for list, want := range map[string]string{"truncate=1": "hello,", "gzip": "hello, world", "gzip,429=2": "hello, world"} {
		i := NewInjector(greeting(), crm.SystemClock{}, 1)
		i.Switch(faults(t, list))
		web := httptest.NewServer(i)
		res, err := http.Get(web.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		web.Close()
		if string(body) != want || (err != nil) != (list == "truncate=1") || res.Uncompressed != strings.Contains(list, "gzip") {
			t.Errorf("%s: %q, error %v, unpacked %v", list, body, err, res.Uncompressed)
		}
	}
}

func TestResetDropsTheConnection(t *testing.T) {
	i := NewInjector(greeting(), crm.SystemClock{}, 1)
	i.Switch(faults(t, "reset=1"))
	web := httptest.NewServer(i)
	defer web.Close()
	res, err := http.Get(web.URL)
	if err == nil {
		_ = res.Body.Close()
		t.Errorf("answered with %d", res.StatusCode)
	}
	if got := i.Requests()["GET / dropped"]; got != 1 {
		t.Errorf("counted %v", i.Requests())
	}
}

func TestRefusalsSayWhenToComeBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	for after, want := range map[RetryAfter]string{
		{}: "1", {Delay: 1500 * time.Millisecond}: "2", {None: true}: "",
		{Date: true, Delay: 5 * time.Second}: "Sun, 01 Mar 2026 12:00:06 GMT",
	} {
		h := http.Header{}
		after.Set(h, now)
		if got := h.Get("Retry-After"); got != want {
			t.Errorf("%+v: %q; want %q", after, got, want)
		}
	}
}

func TestSlowBodyTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		i := NewInjector(greeting(), crm.SystemClock{}, 1)
		i.Switch(faults(t, "slow=60s"))
		if got := ask(t.Context(), i).Body.String(); got != "hello, world" || time.Since(begun) < 30*time.Second {
			t.Errorf("%q after %s", got, time.Since(begun))
		}
	})
}

// deaf is a ResponseWriter whose client has gone.
type deaf struct{ http.ResponseWriter }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestSlowBodyStopsWhenTheClientIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		i := NewInjector(greeting(), crm.SystemClock{}, 1)
		i.Switch(faults(t, "slow=60s"))
		i.ServeHTTP(deaf{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, "/x", nil))
		if time.Since(begun) != 6*time.Second {
			t.Errorf("went on for %s", time.Since(begun))
		}
	})
}

func TestResetWithoutAConnectionIsEmpty(t *testing.T) {
	i := NewInjector(greeting(), crm.SystemClock{}, 1)
	i.Switch(faults(t, "reset=1"))
	if got := ask(t.Context(), i).Body.String(); got != "" {
		t.Errorf("answered %q", got)
	}
}

func TestServeTellsWhyItStopped(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), ln, http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "stopped serving") {
		t.Errorf("got %v", err)
	}
}

func TestServeLetsCallsFinish(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	begun, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-release
		_, _ = w.Write([]byte("done"))
	})
	go func() { done <- Serve(ctx, ln, handler) }()
	go func() {
		<-begun
		cancel()
		close(release)
	}()
	res, err := http.Get("http://" + ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if err := <-done; err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("status %d, then %v", res.StatusCode, err)
	}
}

func TestStrikesCountTheirOwnCalls(t *testing.T) {
	for _, tc := range []struct {
		when string
		want []bool
	}{
		{"2", []bool{false, true, false, true}},
		{"page:1", []bool{true, false, true, false}}, // the first call for it of each route
		{"page:1:always", []bool{true, true, true, true}},
		{"page:2", []bool{false, false, false, false}},
	} {
		w, err := ParseWhen(tc.when)
		if err != nil {
			t.Fatal(err)
		}
		s := NewStrikes(1, 9)
		var got []bool
		for _, route := range []string{"a", "a", "b", "b"} {
			got = append(got, s.Next(w, route, 1))
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v; want %v", tc.when, got, tc.want)
		}
	}
}
