package hubspot

import (
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

// sizes is how much a walk asks for in one call. What takes too long or is too large
// is asked for in halves from then on.
type sizes struct {
	list, search, read, links int

	notice string // that it has come to that; "" once it was told
}

func newSizes(c *connector, req crm.Request) sizes {
	s := sizes{list: mostListed, search: c.pageOfSearch(0), read: mostRead, links: mostLinks}
	if req.PageSize > 0 {
		s.list, s.search = min(s.list, req.PageSize), min(s.search, req.PageSize)
	}
	return s
}

// halve asks for less from here on, where that may help.
func (s *sizes) halve(size *int, err error) bool {
	code := crm.CodeOf(err)
	if err == nil || code != crm.CodeTimeout && code != crm.CodeTooLarge || *size <= 1 {
		return false
	}
	*size /= 2
	s.notice = fmt.Sprintf("an answer took too long or was too large; %d records at once are asked for from here on", *size)
	return true
}

// told returns the notice, once.
func (s *sizes) told() string {
	notice := s.notice
	s.notice = ""
	return notice
}
