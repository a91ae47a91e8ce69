package hubspot

import "time"

// State is the account in numbers.
type State struct {
	Types        map[string]TypeState `json:"types"`
	LastModified time.Time            `json:"last_modified"` // of the newest change
	Pending      int                  `json:"pending"`       // webhook events that were not told yet
	Traps        string               `json:"traps"`         // as ParseTraps reads them
	Requests     map[string]int       `json:"requests"`      // by route and status
}

// TypeState is the records of one type in numbers.
type TypeState struct {
	Active     int `json:"active"`
	Archived   int `json:"archived"` // those that lists show no more included
	Merged     int `json:"merged"`
	Gone       int `json:"gone"`
	Properties int `json:"properties"`
}

// State counts what there is and what was asked.
func (s *Server) State() State {
	state := State{Types: map[string]TypeState{}, Requests: s.Requests(), Pending: s.sender.waiting()}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, t := range s.tables {
		state.Types[t.name] = TypeState{
			Active: t.counts[active], Archived: t.counts[archived], Merged: t.counts[merged], Gone: t.counts[gone], Properties: len(t.live()),
		}
	}
	state.LastModified = time.UnixMilli(s.last).UTC()
	state.Pending += len(s.events)
	state.Traps = s.traps.String()
	return state
}
