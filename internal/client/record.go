package client

import (
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
)

// record tells of each call that is sent, retries included, when it is over.
type record struct {
	next    doer
	source  string
	clock   crm.Clock
	observe func(crm.Event)
}

func (r *record) Do(req *http.Request) (*Response, error) {
	start := r.clock.Now()
	resp, err := r.next.Do(req)
	made := crm.CallMade{Source: r.source, Duration: r.clock.Now().Sub(start)}
	if resp != nil {
		made.Status = resp.Status
	}
	r.observe(made)
	return resp, err
}
