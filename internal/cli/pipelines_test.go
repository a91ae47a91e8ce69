package cli_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// Trap: pipelines come type by type, and the right to one of the types is taken away.
// Its pipelines are not gone, and a right that was never there is nothing to complain of.
func TestTrapPipelinesOfATypeThatMayNotBeReadAnyMore(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		tickets := func() string {
			return d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_pipeline WHERE object_type = 'tickets' AND warren_deleted_at IS NULL")
		}
		var forbidden atomic.Bool
		facing(t, d, func(w http.ResponseWriter, r *http.Request) {
			if forbidden.Load() && strings.HasSuffix(r.URL.Path, "/pipelines/tickets") {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			hub.ServeHTTP(w, r)
		})
		forbidden.Store(true)
		for range 2 {
			d.run("sync", "hubspot", "pipelines").exits(cli.ExitOK).warns("HubSpot does not show pipelines of tickets: ")
		}
		forbidden.Store(false)
		d.run("sync", "hubspot", "pipelines").exits(cli.ExitOK)
		before := tickets()
		forbidden.Store(true)
		d.run("sync", "hubspot", "pipelines", "--full", "--delete-limit", "100%").exits(cli.ExitOK).
			says("HubSpot does not show pipelines of tickets: ", "so no row is held to be deleted for not being shown")
		if after := tickets(); after != before || after == "0" {
			t.Errorf("%s pipelines of tickets, and then %s", before, after)
		}
	})
}
