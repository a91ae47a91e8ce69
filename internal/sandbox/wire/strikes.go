package wire

import (
	"strconv"
	"sync"
)

// Strikes decides call by call whom a When hits, for the faults that only one
// CRM has. It is safe for concurrent use.
type Strikes struct {
	seed, fault uint64

	mu    sync.Mutex
	calls int
	tries map[string]int
}

// NewStrikes begins to count. Chance follows from the seed and from fault, which
// tells one kind of fault apart from the others, and the order of the calls.
func NewStrikes(seed, fault uint64) *Strikes {
	return &Strikes{seed: seed, fault: fault, tries: map[string]int{}}
}

// Next counts a call and reports whether w hits it.
func (s *Strikes) Next(w When, route string, page int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	key := route + " " + strconv.Itoa(page)
	s.tries[key]++
	return w.strikes(call{number: s.calls, page: page, try: s.tries[key], seed: s.seed}, s.fault)
}
