package wire

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// slowSteps is into how many pieces a slow body is cut.
const slowSteps = 10

// deliver lets the CRM answer and passes the answer on.
func (i *Injector) deliver(w http.ResponseWriter, r *http.Request, f Faults, truncate bool) {
	if !truncate && !f.buffered() {
		i.api.Handler.ServeHTTP(w, r)
		return
	}
	answer := &capture{header: w.Header(), status: http.StatusOK}
	i.api.Handler.ServeHTTP(answer, r)
	body := answer.body.Bytes()
	if len(body) == 0 {
		w.WriteHeader(answer.status)
		return
	}
	if f.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		body = compress(body)
		w.Header().Set("Content-Encoding", "gzip")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	if truncate {
		body = body[:len(body)/2]
	}
	i.trickle(w, r, body, f.Slow)
}

// trickle writes the body over the time total, in pieces. A handler that
// returns short of the declared length makes net/http close the connection.
func (i *Injector) trickle(w http.ResponseWriter, r *http.Request, body []byte, total time.Duration) {
	step := len(body)
	if total > 0 {
		step = len(body)/slowSteps + 1
	}
	out := http.NewResponseController(w)
	for len(body) > 0 {
		if total > 0 {
			_ = out.Flush()
			if i.clock.Wait(r.Context(), total/slowSteps) != nil {
				return
			}
		}
		n := min(step, len(body))
		if _, err := w.Write(body[:n]); err != nil {
			return
		}
		body = body[n:]
	}
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	_, _ = z.Write(body)
	_ = z.Close()
	return out.Bytes()
}

// capture keeps an answer instead of sending it.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(status int)      { c.status = status }
func (c *capture) Write(b []byte) (int, error) { return c.body.Write(b) }

// recorder tells count of the outcome of a call: its status or dropped.
type recorder struct {
	http.ResponseWriter
	count    func(outcome string)
	recorded bool
}

func (r *recorder) record(outcome string) {
	if !r.recorded {
		r.recorded = true
		r.count(outcome)
	}
}

func (r *recorder) WriteHeader(status int) {
	r.record(strconv.Itoa(status))
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.record("200")
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
