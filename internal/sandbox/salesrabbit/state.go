package salesrabbit

import "time"

// State is the account in numbers.
type State struct {
	Leads        int            `json:"leads"`        // that lists show, once lag has passed
	SoftDeleted  int            `json:"soft_deleted"` // of Leads: shown with deletedAt
	Gone         int            `json:"gone"`         // deleted, in no list
	Users        int            `json:"users"`
	LastModified time.Time      `json:"last_modified"` // of the newest change
	Traps        string         `json:"traps"`         // as ParseTraps reads them
	Requests     map[string]int `json:"requests"`      // by route and status
}

// State counts what there is and what was asked.
func (s *Server) State() State {
	requests := s.Requests()
	s.mu.RLock()
	defer s.mu.RUnlock()
	listed := len(s.leads) - s.gone
	return State{
		Leads:        listed,
		SoftDeleted:  listed - s.alive,
		Gone:         s.gone,
		Users:        len(s.users),
		LastModified: time.Unix(int64(s.last), 0).UTC(),
		Traps:        s.traps.String(),
		Requests:     requests,
	}
}
