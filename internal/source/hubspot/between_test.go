package hubspot_test

import (
	"net/http"
	"strings"
	"sync"

	"github.com/warren-sync/warren/internal/faults"
)

// front stands before the account and answers some of its calls.
type front struct {
	mu    sync.Mutex
	rules []rule
}

// rule is an answer to the calls whose path has that in it.
type rule struct {
	path   string
	answer func(w http.ResponseWriter, r *http.Request) (done bool)
}

func (f *front) add(path string, answer func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append([]rule{{path, answer}}, f.rules...)
}

// handle answers by the newest rule that does.
func (f *front) handle(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	rules := f.rules
	f.mu.Unlock()
	for _, rule := range rules {
		if strings.Contains(r.URL.Path, rule.path) && rule.answer(w, r) {
			return true
		}
	}
	return false
}

// reconnect opens a connector that knows nothing yet, with the same settings.
func (s *site) reconnect() {
	s.t.Helper()
	s.Connector = s.connect(s.plan)
}

// before lets something be done before each call.
func (s *site) before(do func(r *http.Request)) {
	s.front.add("", func(_ http.ResponseWriter, r *http.Request) bool { do(r); return false })
}

// between does something after the first answer to a call that begins so.
func (s *site) between(call string, do func()) {
	done := false
	s.front.add("", func(w http.ResponseWriter, r *http.Request) bool {
		if done || !strings.HasPrefix(r.Method+" "+r.URL.RequestURI(), call) {
			return false
		}
		done = true
		s.Server.ServeHTTP(w, r)
		do()
		return true
	})
}

// answering lets all calls whose path has that in it be answered so.
func (s *site) answering(path string, status int, body string) {
	s.refusing(path, -1, status, body, "")
}

// refusing lets the next calls whose path has that in it be answered so, all of them
// where times is negative.
func (s *site) refusing(path string, times, status int, body, after string) {
	s.front.add(path, func(w http.ResponseWriter, _ *http.Request) bool {
		if times == 0 {
			return false
		}
		times--
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	})
}

// ServeHTTP answers as the account does, but for what stands before it.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.front.handle(w, r) {
		s.Server.ServeHTTP(w, r)
	}
}

func (s *site) network() http.RoundTripper { return faults.InProcess(s, s.clock) }
