package cli

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// progress shows one line a running stream on a terminal, and nothing
// elsewhere. Logs are written above it.
type progress struct {
	bars  *mpb.Progress // nil where nothing is shown
	out   io.Writer
	clock crm.Clock

	mu      sync.Mutex
	streams map[crm.StreamID]*streamProgress
	retries int
	waits   int
}

// streamProgress is what is shown of one stream.
type streamProgress struct {
	bar    *mpb.Bar
	start  time.Time
	pages  int
	counts crm.Counts
	total  int64
}

func (c *command) progress(_ *config.Config) *progress {
	p := &progress{out: c.Stderr, clock: c.Clock, streams: map[crm.StreamID]*streamProgress{}}
	if c.Terminal && !c.quiet && !c.noProgress && c.output == outputText {
		p.bars = mpb.New(mpb.WithOutput(c.Stderr), mpb.WithRefreshRate(120*time.Millisecond), mpb.WithWidth(24))
		p.out = p.bars
	}
	return p
}

// loggerTo is the logger that writes above the progress.
func (c *command) loggerTo(cfg *config.Config, p *progress) *slog.Logger {
	shown := *c
	shown.Stderr = p.out
	return shown.logger(cfg)
}

func (p *progress) hear(e crm.Event) {
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case crm.RunStarted:
		p.begin(e.ID)
	case crm.PageFetched:
		if s := p.streams[e.ID]; s != nil {
			s.pages++
			if s.total = max(s.total, e.Total); s.total > 0 {
				s.bar.SetTotal(s.total, false)
			}
		}
	case crm.BatchWritten:
		if s := p.streams[e.ID]; s != nil {
			s.counts.Add(e.Counts)
			s.bar.SetCurrent(s.counts.Fetched)
		}
	case crm.RetryScheduled:
		p.retries++
	case crm.RateWaited:
		p.waits++
	case crm.RunFinished:
		if s := p.streams[e.ID]; s != nil {
			s.bar.Abort(true)
			delete(p.streams, e.ID)
		}
	}
}

func (p *progress) begin(id crm.StreamID) {
	s := &streamProgress{start: p.clock.Now()}
	s.bar = p.bars.New(0, mpb.BarStyle().Lbound("").Rbound(""), mpb.BarRemoveOnComplete(), mpb.PrependDecorators(
		decor.Name(id.String()+"  "),
		decor.Any(func(decor.Statistics) string { return p.line(s) }),
	))
	p.streams[id] = s
}

// line is called by the bars' own goroutine.
func (p *progress) line(s *streamProgress) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := p.clock.Now().Sub(s.start)
	line := fmt.Sprintf("%d records  %.0f/s  %d pages  %d created  %d updated", s.counts.Fetched,
		float64(s.counts.Fetched)/max(elapsed.Seconds(), 0.001), s.pages, s.counts.Created, s.counts.Updated)
	if s.counts.Failed > 0 {
		line += fmt.Sprintf("  %d failed", s.counts.Failed)
	}
	if p.retries > 0 {
		line += fmt.Sprintf("  %d retries", p.retries)
	}
	if p.waits > 0 {
		line += fmt.Sprintf("  %d waits for the rate limit", p.waits)
	}
	if s.total > s.counts.Fetched && s.counts.Fetched > 0 {
		left := time.Duration(float64(elapsed) / float64(s.counts.Fetched) * float64(s.total-s.counts.Fetched))
		line += "  " + left.Round(time.Second).String() + " left"
	}
	return line + " "
}

// stop takes the progress off the screen.
func (p *progress) stop() {
	if p.bars == nil {
		return
	}
	p.mu.Lock()
	for id, s := range p.streams {
		s.bar.Abort(true)
		delete(p.streams, id)
	}
	p.mu.Unlock()
	p.bars.Wait()
}
