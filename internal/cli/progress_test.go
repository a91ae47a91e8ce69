package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// screen is a terminal that remembers all that was written to it.
type screen struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffer.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffer.String()
}

func onTerminal() (*command, *screen) {
	out := &screen{}
	return &command{output: outputText, World: World{
		Stderr: out, StderrTerminal: true, Clock: crm.SystemClock{},
		Env: func(string) (string, bool) { return "", false },
	}}, out
}

// line writes a line of the log.
func line(t *testing.T, p *progress, text string) {
	t.Helper()
	if _, err := io.WriteString(p.out, text); err != nil {
		t.Error(err)
	}
}

var leads = crm.StreamID{Source: "salesrabbit", Stream: "leads"}

func TestProgressIsDrawnAndTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, out := onTerminal()
		p := c.progress()
		p.hear(crm.RunStarted{ID: leads})
		p.hear(crm.PageFetched{ID: leads, Records: 500, Total: 2000, First: true})
		p.hear(crm.BatchWritten{ID: leads, Counts: crm.Counts{Fetched: 500, Created: 400, Unchanged: 99, Failed: 1}})
		time.Sleep(10 * refresh) // of the bubble's clock
		if got := out.String(); !strings.Contains(got, "salesrabbit leads  500 of 2000 records") {
			t.Errorf("%q", got)
		}
		line(t, p, "a line of the log\n")
		time.Sleep(2 * refresh)
		if got := out.String(); !strings.Contains(got, "a line of the log\n") {
			t.Errorf("%q", got)
		}
		p.hear(crm.RunFinished{ID: leads})
		p.stop()
		drawn := out.String()
		time.Sleep(10 * refresh)
		if got := out.String(); got != drawn {
			t.Errorf("it is drawn after its end: %q", got[len(drawn):])
		}
	})
}

func TestProgressLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := onTerminal()
		p := c.progress()
		defer p.stop()
		p.hear(crm.RunStarted{ID: leads})
		s := p.streams[leads]
		time.Sleep(10 * time.Second) // of the bubble's clock
		drawn := func() string { return p.line(leads, s, 300) }
		if got, want := drawn(), "salesrabbit leads  0 records  0/s  0 pages  0 created, 0 updated, 0 unchanged"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		p.hear(crm.PageFetched{ID: leads, Records: 1000, Total: 4000})
		p.hear(crm.BatchWritten{ID: leads, Counts: crm.Counts{Fetched: 900, Created: 800, Updated: 90, Unchanged: 8, Failed: 2}})
		p.hear(crm.RetryScheduled{Source: "salesrabbit"})
		p.hear(crm.RateWaited{Source: "salesrabbit", Wait: 1500 * time.Millisecond})
		p.hear(crm.RateWaited{Source: "salesrabbit", Wait: 500 * time.Millisecond})
		want := "salesrabbit leads  1000 of 4000 records  100/s  30s left  2 failed  1 retry  waited 2s in all for the rate limit  1 page  800 created, 90 updated, 8 unchanged"
		if got := drawn(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		p.hear(crm.RetryScheduled{Source: "salesrabbit"})
		if got := p.line(leads, s, 60); len([]rune(got)) != 60 || !strings.HasSuffix(got, "…") || !strings.Contains(got, "30s left") {
			t.Errorf("%q", got)
		}
	})
}

func TestProgressIsQuietElsewhere(t *testing.T) {
	for name, change := range map[string]func(*command){
		"a pipe":          func(c *command) { c.StderrTerminal = false },
		"--quiet":         func(c *command) { c.quiet = true },
		"--no-progress":   func(c *command) { c.noProgress = true },
		"a dumb terminal": func(c *command) { c.Env = func(string) (string, bool) { return "dumb", true } },
	} {
		c, out := onTerminal()
		change(c)
		p := c.progress()
		p.hear(crm.RunStarted{ID: leads})
		p.hear(crm.PageFetched{ID: leads, Records: 1})
		p.home()
		p.stop()
		if got := out.String(); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Events come from several goroutines while lines are drawn: neither side may
// wait for the other.
func TestProgressUnderLoad(t *testing.T) {
	c, out := onTerminal()
	p := c.progressEvery(50 * time.Microsecond)
	var group sync.WaitGroup
	for n := range 4 {
		group.Go(func() {
			id := crm.StreamID{Source: "salesrabbit", Stream: fmt.Sprint(n)}
			for range 20 {
				p.hear(crm.RunStarted{ID: id})
				for range 500 {
					p.hear(crm.PageFetched{ID: id, Records: 1})
					p.hear(crm.BatchWritten{ID: id, Counts: crm.Counts{Fetched: 1}})
				}
				line(t, p, "line\n")
				p.hear(crm.RunFinished{ID: id, Err: errors.New("x")})
			}
			p.hear(crm.RunStarted{ID: id})
		})
	}
	group.Wait()
	p.home()
	p.stop()
	if n := strings.Count(out.String(), "line\n"); n != 80 {
		t.Errorf("%d of the log's 80 lines are on the screen", n)
	}
}
