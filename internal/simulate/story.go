package simulate

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Actor is who did something in a story.
type Actor string

// The actors.
const (
	Source Actor = "source" // people who work with the CRM, and the CRM
	Wire   Actor = "wire"
	Store  Actor = "store"
	Warren Actor = "warren"
	Hand   Actor = "hand"  // somebody who edits the warehouse
	World  Actor = "world" // who starts processes and asks for runs
)

// rank is the order in which the story tells of one instant. Actors of the same
// rank act in one goroutine, one thing after the other.
func (a Actor) rank() int {
	switch a {
	case Source, Wire:
		return 0
	case Store:
		return 1
	case Warren:
		return 2
	default:
		return 3
	}
}

// entry is one thing that happened.
type entry struct {
	at    time.Duration // since the beginning
	actor Actor
	text  string
}

// Story is what happened in a life, and how often each kind of thing did. It is
// safe for concurrent use.
type Story struct {
	clock crm.Clock
	start time.Time
	drawn *regexp.Regexp // names that Warren draws by lot, of which no seed decides

	mu      sync.Mutex
	entries []entry
	kinds   map[Kind]int
}

func newStory(clock crm.Clock) *Story {
	return &Story{clock: clock, start: clock.Now(), drawn: regexp.MustCompile("[A-Z2-7]{52}"), kinds: map[Kind]int{}}
}

// tell adds what an actor does now.
func (s *Story) tell(actor Actor, format string, args ...any) {
	text := s.drawn.ReplaceAllString(fmt.Sprintf(format, args...), "NAME")
	at := s.clock.Now().Sub(s.start)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries = append(s.entries, entry{at, actor, text})
}

// happened counts something and tells it.
func (s *Story) happened(kind Kind, actor Actor, format string, args ...any) {
	s.count(kind)
	s.tell(actor, format, args...)
}

// count counts something that another entry tells of.
func (s *Story) count(kind Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kinds[kind]++
}

// Kinds returns how often each kind of thing happened.
func (s *Story) Kinds() map[Kind]int { return s.kinds }

// String tells the story, a line for each thing, in the order of time.
func (s *Story) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortStableFunc(s.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.actor.rank(), b.actor.rank()))
	})
	var text strings.Builder
	for _, e := range s.entries {
		fmt.Fprintf(&text, "%12.3fs  %-6s  %s\n", e.at.Seconds(), e.actor, e.text)
	}
	return text.String()
}
