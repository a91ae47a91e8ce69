package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/warren-sync/warren/internal/crm"
)

// refresh is how often the progress is drawn.
const refresh = 120 * time.Millisecond

// progress shows one line a running stream on a terminal, and nothing
// elsewhere. Logs are written above it.
type progress struct {
	bars *mpb.Progress // nil where nothing is shown
	out  io.Writer     // where logs go meanwhile

	terminal io.Writer
	clock    crm.Clock

	// The lock is never held during a call of bars or of a bar: these wait
	// for their goroutine, which may be drawing a line and wait for the lock.
	mu      sync.Mutex
	streams map[crm.StreamID]*streamProgress
	retries int
	waits   int
	waited  time.Duration
}

// streamProgress is what is shown of one stream.
type streamProgress struct {
	bar    *mpb.Bar
	start  time.Time
	pages  int
	read   int64 // records
	total  int64 // of them, where known
	counts crm.Counts
}

func (c *command) progress() *progress { return c.progressEvery(refresh) }

func (c *command) progressEvery(refresh time.Duration) *progress {
	p := &progress{out: c.Stderr, terminal: c.Stderr, clock: c.Clock, streams: map[crm.StreamID]*streamProgress{}}
	if c.StderrTerminal && !c.dumbTerminal() && !c.quiet && !c.noProgress {
		p.bars = mpb.New(mpb.WithOutput(c.Stderr), mpb.WithRefreshRate(refresh), mpb.WithAutoRefresh())
		p.out = p.bars
	}
	return p
}

func (p *progress) hear(e crm.Event) {
	if p.bars == nil {
		return
	}
	switch e := e.(type) {
	case crm.RunStarted:
		p.begin(e.ID)
	case crm.RunFinished:
		p.end(e.ID)
	default:
		p.note(e)
	}
}

// note adds up what is shown.
func (p *progress) note(e crm.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case crm.PageFetched:
		if s := p.streams[e.ID]; s != nil {
			s.pages++
			s.read += int64(e.Records)
			s.total = max(s.total, e.Total)
		}
	case crm.BatchWritten:
		if s := p.streams[e.ID]; s != nil {
			s.counts.Add(e.Counts)
		}
	case crm.RetryScheduled:
		p.retries++
	case crm.RateWaited:
		p.waits++
		p.waited += e.Wait
	}
}

func (p *progress) begin(id crm.StreamID) {
	s := &streamProgress{start: p.clock.Now()}
	s.bar = p.bars.New(0, mpb.NopStyle(), mpb.BarRemoveOnComplete(), mpb.PrependDecorators(
		decor.Any(func(stat decor.Statistics) string { return p.line(id, s, stat.AvailableWidth) }),
	))
	p.mu.Lock()
	p.streams[id] = s
	p.mu.Unlock()
}

func (p *progress) end(id crm.StreamID) {
	p.mu.Lock()
	s := p.streams[id]
	delete(p.streams, id)
	p.mu.Unlock()
	if s != nil {
		s.bar.Abort(true)
	}
}

// line is called by the bar's own goroutine. What matters less stands further
// to the right, where a narrow terminal cuts it off.
func (p *progress) line(id crm.StreamID, s *streamProgress, width int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := p.clock.Now().Sub(s.start)
	done := s.read
	parts := []string{id.String()}
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if s.total > done {
		add("%d of %d records", done, s.total)
	} else {
		add("%d records", done)
	}
	add("%.0f/s", float64(done)/max(elapsed.Seconds(), 0.001))
	if s.total > done && done > 0 {
		left := time.Duration(float64(elapsed) / float64(done) * float64(s.total-done))
		add("%s left", left.Round(time.Second))
	}
	if s.counts.Failed > 0 {
		add("%d failed", s.counts.Failed)
	}
	if p.retries > 0 {
		parts = append(parts, count(int64(p.retries), "retry"))
	}
	if p.waits > 0 {
		add("waited %s in all for the rate limit", span(p.waited.Round(100*time.Millisecond)))
	}
	parts = append(parts, count(int64(s.pages), "page"))
	add("%d created, %d updated, %d unchanged", s.counts.Created, s.counts.Updated, s.counts.Unchanged)
	return short(strings.Join(parts, "  "), max(width, 20))
}

// home puts the cursor at the beginning of its line.
func (p *progress) home() {
	if p.bars != nil {
		_, _ = io.WriteString(p.terminal, "\r")
	}
}

// stop takes the progress off the screen.
func (p *progress) stop() {
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	var ids []crm.StreamID
	for id := range p.streams {
		ids = append(ids, id)
	}
	p.mu.Unlock()
	for _, id := range ids {
		p.end(id)
	}
	p.bars.Wait()
}
