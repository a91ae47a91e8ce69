package client

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// transport returns a real way to the network that leaves nothing behind.
func transport(t *testing.T) *http.Transport {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

// raw serves each connection with the given bytes and closes it; with reset,
// it closes it the hard way.
func raw(t *testing.T, reset bool, text string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Write([]byte(text))
			if reset {
				_ = conn.(*net.TCPConn).SetLinger(0)
			}
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return "http://" + l.Addr().String()
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func zip(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func TestBodyThatCallsItselfGzipAndIsNot(t *testing.T) {
	url := raw(t, false, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n{}")
	c := dial(t, transport(t), func(c *Config) { c.BaseURL, c.Header = url, http.Header{"Accept-Encoding": {"gzip"}} })
	_ = mustFail(t, c, crm.CodeBadAnswer)
}

// L3: a body that does not come to its end is a failed attempt.
func TestCutBodyIsNeverAShortPage(t *testing.T) {
	zipped := zip(strings.Repeat(`{"id":1},`, 1000))
	for name, url := range map[string]string{
		"content length": raw(t, false, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[]}"),
		"chunked":        raw(t, false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n{\"data\":[]}\r\n"),
		"reset":          raw(t, true, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data\":[]}"),
		"gzip": raw(t, false, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"+
			string(zipped[:len(zipped)-12])),
		"gzip that is none": raw(t, false, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n{}"),
	} {
		t.Run(name, func(t *testing.T) {
			var seen events
			c := dial(t, transport(t), func(c *Config) { c.BaseURL, c.Retries, c.Clock, c.Observe = url, 1, hasty{}, seen.add })
			e := mustFail(t, c, crm.CodeBadAnswer)
			if !e.Retryable || len(of[crm.CallMade](&seen)) != 2 {
				t.Errorf("retryable %v after %d calls: %v", e.Retryable, len(of[crm.CallMade](&seen)), e)
			}
		})
	}
}

func TestCutBodyOfAnyTransport(t *testing.T) {
	short := roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := play(ok("{}")).RoundTrip(req)
		resp.ContentLength = 3
		return resp, err
	})
	mustHave(t, mustFail(t, dial(t, short, nil), crm.CodeBadAnswer).Error(), "2 bytes", "3 bytes were announced")
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestCutBodyIsAskedForAgain(t *testing.T) {
	calls := make(chan int, 2)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		calls <- 1
		if len(calls) == 1 {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = w.Write([]byte(`{"id":1}`))
	})
	c := dial(t, transport(t), func(c *Config) { c.BaseURL, c.Retries, c.Clock = url, 1, hasty{} })
	resp, e := get(t, c)
	if e != nil || string(resp.Body) != `{"id":1}` {
		t.Errorf("answer %+v, error %v", resp, e)
	}
}

func TestGzipIsUndoneWhoeverAskedForIt(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zip(`{"id":1}`))
	})
	for name, header := range map[string]http.Header{"the transport": nil, "the caller": {"Accept-Encoding": {"gzip"}}} {
		resp, e := get(t, dial(t, transport(t), func(c *Config) { c.BaseURL, c.Header = url, header }))
		if e != nil || string(resp.Body) != `{"id":1}` {
			t.Errorf("%s: answer %+v, error %v", name, resp, e)
		}
	}
}

func TestSizeLimitHoldsAfterDecompression(t *testing.T) {
	const limit = 1000
	for _, test := range []struct {
		name   string
		size   int
		zipped bool
		stream bool
		large  bool
	}{
		{"at the limit", limit, false, false, false},
		{"at the limit, zipped", limit, true, false, false},
		{"announced", limit + 1, false, false, true},
		{"streamed", limit + 1, false, true, true},
		{"a bomb", 1 << 20, true, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			var calls events
			url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				body := bytes.Repeat([]byte("x"), test.size)
				if test.zipped {
					w.Header().Set("Content-Encoding", "gzip")
					body = zip(string(body))
				}
				if test.stream {
					w.(http.Flusher).Flush()
				} else {
					w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				}
				_, _ = w.Write(body)
			})
			c := dial(t, transport(t), func(c *Config) {
				c.BaseURL, c.MaxResponse, c.Retries, c.Observe = url, limit, 3, calls.add
			})
			resp, e := get(t, c)
			if !test.large {
				if e != nil || len(resp.Body) != test.size {
					t.Fatalf("answer %+v, error %v", resp, e)
				}
				return
			}
			if e == nil || e.Code != crm.CodeTooLarge || e.Retryable {
				t.Fatalf("error %v", e)
			}
			mustHave(t, e.Error(), "1000 bytes")
			if n := len(of[crm.CallMade](&calls)); n != 1 {
				t.Errorf("%d calls; the same page is as large again", n)
			}
		})
	}
}

func TestAnnouncedSizeIsRefusedUnread(t *testing.T) {
	body := &untouched{}
	way := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, ContentLength: 1 << 40, Body: body}, nil
	})
	_ = mustFail(t, dial(t, way, nil), crm.CodeTooLarge)
	if body.read || !body.closed {
		t.Errorf("read %v, closed %v", body.read, body.closed)
	}
}

// untouched is a body that notes what is done to it.
type untouched struct{ read, closed bool }

func (u *untouched) Read([]byte) (int, error) { u.read = true; return 0, io.EOF }
func (u *untouched) Close() error             { u.closed = true; return nil }

func TestHugeErrorBodyIsStillThatError(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write(zip(strings.Repeat("no ", 1<<20)))
	})
	c := dial(t, transport(t), func(c *Config) {
		c.BaseURL, c.MaxResponse = url, 10
		c.Header = http.Header{"Accept-Encoding": {"gzip"}}
	})
	mustHave(t, mustFail(t, c, crm.CodeForbidden).Error(), "no no no")
}

func Test304NeedsNoBodyWhateverItsLengthSays(t *testing.T) {
	url := raw(t, false, "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\n")
	resp, e := get(t, dial(t, transport(t), func(c *Config) { c.BaseURL = url }))
	if e != nil || resp.Status != 304 || len(resp.Body) != 0 {
		t.Fatalf("answer %+v, error %v", resp, e)
	}
	tidy := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 304, ContentLength: 100, Body: http.NoBody}, nil
	})
	if _, e := get(t, dial(t, tidy, nil)); e != nil {
		t.Error(e)
	}
	if want := time.Date(2015, 10, 21, 7, 28, 0, 0, time.UTC); resp.Date() != want {
		t.Errorf("date %s", resp.Date())
	}
}
