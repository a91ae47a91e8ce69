package cli_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// output is a stream that may be written by several goroutines; a reader can
// wait for a text.
type output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	await  string
	times  int
	do     func()
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.buffer.Write(p)
	if o.do != nil && strings.Count(o.buffer.String(), o.await) >= o.times {
		o.do()
		o.do = nil
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

func (o *output) Reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buffer.Reset()
}

// when calls do, once, as soon as the text was written so many times; whoever
// writes it waits for do.
func (o *output) when(text string, times int, do func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.await, o.times, o.do = text, times, do
}

// background reports whether a wait of that length is one that runs beside the
// work: until the next beat of the lease, and until the look at the end of a run
// has taken too long. It must not pass before the work is done.
func background(d time.Duration) bool { return d == engine.DefaultLease/3 || d == 30*time.Second }

// hasty is a clock that waits for nothing but what runs beside the work: pauses
// between calls and attempts pass at once.
type hasty struct{ ahead atomic.Int64 }

func (h *hasty) Now() time.Time { return time.Now().UTC().Add(time.Duration(h.ahead.Load())) }

func (h *hasty) Wait(ctx context.Context, d time.Duration) error {
	if background(d) {
		return crm.SystemClock{}.Wait(ctx, d)
	}
	h.ahead.Add(int64(max(d, 0)))
	return context.Cause(ctx)
}

// recent takes what is minutes old for new: a machine may stand still while a
// test runs, and its clock go on.
func recent(text string) string {
	return regexp.MustCompile(`\b\d+ minutes? ago\b`).ReplaceAllString(text, "just now")
}

// steady takes out of a text what differs from run to run.
func steady(text string) string {
	text = recent(text)
	for _, r := range []struct{ pattern, with string }{
		{`\d+(\.\d+)?(ms|µs|s)\b`, "TIME"}, {`\b0s\b`, "TIME"},
		{`127\.0\.0\.1:\d+`, "ADDRESS"}, {`\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(Z| UTC)?`, "WHEN"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.with)
	}
	return text
}
