package warehouse

import (
	"hash/maphash"

	"github.com/warren-sync/warren/internal/crm"
)

// mostIssued is of how many rows it is remembered that they have issues: a megabyte.
const mostIssued = 1 << 16

// issued is which rows have got issues in this run. A row that is not there when it is
// written may have been there before, and what was wrong with it then is to go. Two ids
// that look alike cost a question for issues that are not there.
type issued struct {
	seed maphash.Seed
	ids  map[uint64]struct{}
	many bool // more than are remembered: any row may have some
}

func (s *issued) add(id string) {
	if s.ids == nil {
		s.seed, s.ids = maphash.MakeSeed(), map[uint64]struct{}{}
	}
	if len(s.ids) == mostIssued {
		s.many = true
		return
	}
	s.ids[maphash.String(s.seed, id)] = struct{}{}
}

// any reports whether one of the rows may have issues.
func (s *issued) any(rows []crm.Row) bool {
	for i := range rows {
		if s.many {
			return true
		}
		if len(s.ids) == 0 {
			return false
		}
		if _, has := s.ids[maphash.String(s.seed, rows[i].ID)]; has {
			return true
		}
	}
	return false
}
