package client

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func TestSlowAnswerIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen events
		s := play(answer{after: long, status: 200})
		e := mustFail(t, dial(t, s, func(c *Config) { c.Timeout, c.Retries, c.Observe = 30*sec, 1, seen.add }), crm.CodeTimeout)
		mustHave(t, e.Error(), "2 attempts in 61 s", "within 30 s")
		mustHave(t, e.Fix, "smaller pages")
		for _, made := range of[crm.CallMade](&seen) {
			if made.Duration != 30*sec || made.Status != 0 {
				t.Errorf("event %+v", made)
			}
		}
	})
}

func TestTimeoutHoldsForEachAttemptAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := play(answer{after: 20 * sec, status: 500}, answer{after: 20 * sec, status: 500}, answer{after: 20 * sec, status: 200})
		if _, e := get(t, dial(t, s, func(c *Config) { c.Timeout, c.Retries = 30*sec, 2 })); e != nil {
			t.Error(e)
		}
	})
}

// silent returns a way to a server that reads everything, answers the first
// byte with greeting and then says nothing more until the connection is closed.
func silent(t *testing.T, greeting string) *http.Transport {
	t.Helper()
	tr := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			if _, err := far.Read(make([]byte, 1)); err == nil {
				go func() { _, _ = io.WriteString(far, greeting) }()
			}
			_, _ = io.Copy(io.Discard, far)
			_ = far.Close()
		}()
		return near, nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// L3: a body that stops coming is a failed attempt.
func TestSlowBodyIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		way := silent(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[")
		c := dial(t, way, func(c *Config) { c.BaseURL, c.Timeout = "http://api.example.com", 30*sec })
		start := time.Now()
		e := mustFail(t, c, crm.CodeTimeout)
		if !e.Retryable || time.Since(start) != 30*sec {
			t.Errorf("retryable %v after %s", e.Retryable, time.Since(start))
		}
	})
}

// A timeout while connecting is not healed by smaller pages.
func TestTimeoutBeforeTheConnectionIsUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The TLS handshake is never answered.
		c := dial(t, silent(t, ""), func(c *Config) { c.Timeout = 5 * sec })
		mustHave(t, mustFail(t, c, crm.CodeUnreachable).Error(), "no connection in time", "within 5 s")
	})
}

func TestTimeoutsOfTheTransport(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		code crm.Code
	}{
		{"dial", &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, crm.CodeUnreachable},
		{"read", &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, crm.CodeTimeout},
		{"in the body", &cutError{err: os.ErrDeadlineExceeded}, crm.CodeTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			_ = mustFail(t, dial(t, play(broken(test.err)), nil), test.code)
		})
	}
}
