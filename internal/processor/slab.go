package processor

import "github.com/warren-sync/warren/internal/crm"

// slab hands out slices of values cut from large pieces, so that a row costs
// a fraction of an allocation. A piece lives as long as a row that uses it.
type slab struct{ free []crm.Value }

const slabRows = 64

func (s *slab) take(n int) []crm.Value {
	if len(s.free) < n {
		s.free = make([]crm.Value, n*slabRows)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}
