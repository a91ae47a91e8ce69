package hubspot

import (
	"net/http"
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// The statuses that stand between a client and the API beside those of the wire.
const (
	statusMigrating = 477 // the account moves between data centres
	statusUnknown   = 520 // the edge has no answer from behind it
)

// edge decides which calls are refused with a status of HubSpot's own.
type edge struct{ locked, migrating, gateway, unknown *wire.Strikes }

func newEdge(seed uint64) *edge {
	return &edge{
		wire.NewStrikes(seed, http.StatusLocked), wire.NewStrikes(seed, statusMigrating),
		wire.NewStrikes(seed, http.StatusBadGateway), wire.NewStrikes(seed, statusUnknown),
	}
}

// refuse answers a call that a trap strikes, and reports whether one did. A
// gateway speaks HTML. Only who migrates always says when to come back.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request) bool {
	t, e := s.Traps(), s.edge.Load()
	status := 0
	for _, fault := range []struct {
		status  int
		when    wire.When
		strikes *wire.Strikes
	}{
		{http.StatusLocked, t.Locked, e.locked},
		{statusMigrating, t.Migrating, e.migrating},
		{http.StatusBadGateway, t.Gateway, e.gateway},
		{statusUnknown, t.Unknown, e.unknown},
	} {
		if fault.when != (wire.When{}) && fault.strikes.Next(fault.when, s.route(r), s.page(r)) {
			status = fault.status
		}
	}
	if status == 0 {
		return false
	}
	if status == statusMigrating || t.RetryAfter != (wire.RetryAfter{}) {
		t.RetryAfter.Set(w.Header(), s.cfg.Clock.Now())
	}
	if status < http.StatusInternalServerError {
		s.fail(w, status, "The account cannot be read now.")
		return true
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>" + strconv.Itoa(status) + "</title></head><body>The web server is returning an unknown error.</body></html>\n"))
	return true
}
