package cli

import (
	"fmt"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// summary is what became of the streams of one source.
type summary struct {
	source string
	counts crm.Counts
	ends   map[string]int // streams by the word for how they ended; those left out are none
}

// The words for how a stream ended beside those of ending.
const (
	completed  = "completed"
	incomplete = "incomplete" // the run came to its end, and something is lacking all the same
)

// summaries are the lines that scripts of the old system look for, one for
// each source. A sync that is complete says what it said there, and how many
// rows were deleted where any were.
func summaries(cfg *config.Config, results []app.Result) []string {
	var sums []*summary
	bySource := map[string]*summary{}
	for _, r := range results {
		s := bySource[r.ID.Source]
		if s == nil {
			s = &summary{source: r.ID.Source, ends: map[string]int{}}
			bySource[r.ID.Source], sums = s, append(sums, s)
		}
		s.add(r)
	}
	lines := make([]string, 0, len(sums))
	for _, s := range sums {
		title := s.source
		if account, ok := cfg.Account(s.source); ok && account.Name == account.Source.Type {
			title = account.Source.Title
		}
		lines = append(lines, fmt.Sprintf("%s sync %s: %s%s", title, s.end(), tally(s.counts), s.skipped()))
	}
	return lines
}

func (s *summary) add(r app.Result) {
	s.counts.Add(r.Run.Counts)
	switch {
	case r.Skipped != "":
	case r.Err != nil:
		s.ends[ending(r.Err)]++
	case r.Run.ErrorCode != "":
		s.ends[incomplete]++
	default:
		s.ends[completed]++
	}
}

// end is the word for how the source's streams ended: the worst of theirs.
func (s *summary) end() string {
	for _, end := range []string{interrupted, failed, incomplete} {
		if s.ends[end] > 0 {
			return end
		}
	}
	switch {
	case s.ends[skipped] == 0:
		return completed
	case s.ends[completed] == 0:
		return skipped
	default:
		return incomplete
	}
}

// skipped says how many streams were not synced since another run had them;
// "" for none.
func (s *summary) skipped() string {
	n, all := s.ends[skipped], 0
	for _, streams := range s.ends {
		all += streams
	}
	if n == 0 || all == 1 {
		return ""
	}
	return fmt.Sprintf("; %d of %s synced, %d skipped", s.ends[completed]+s.ends[incomplete], count(int64(all), "stream"), n)
}

// tally writes counts as the old system did; it deleted nothing.
func tally(n crm.Counts) string {
	text := fmt.Sprintf("%d created, %d updated, %d failed", n.Created, n.Updated, n.Failed)
	if n.Deleted > 0 {
		text += fmt.Sprintf(", %d deleted", n.Deleted)
	}
	return text
}
