package cli_test

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// Trap: a record that is archived when a full run begins, and restored before the run
// comes to the archived ones, is in neither of the lists that the run reads. It is
// there, and its row stays.
func TestTrapARecordThatIsRestoredWhileAFullRunReads(t *testing.T) {
	for _, deletes := range []string{"soft", "hard"} {
		t.Run(deletes, func(t *testing.T) {
			atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
				var restored, purged []int64
				var reading atomic.Bool
				facing(t, d, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/crm/v3/objects/contacts" && r.URL.Query().Get("archived") == "true" && reading.Swap(false) {
						hub.Restore("contacts", hubspot.These(restored...))
						hub.Purge("contacts", hubspot.These(purged...))
					}
					hub.ServeHTTP(w, r)
				})
				d.file("warren.yaml", "sync: {deletes: "+deletes+"}")
				d.run("sync", "hubspot", "contacts").exits(cli.ExitOK)
				gone := hub.Archive("contacts", hubspot.Random(3))
				restored, purged = gone[:2], gone[2:]
				reading.Store(true)
				d.run("sync", "hubspot", "contacts", "--full", "--delete-limit", "100%").exits(cli.ExitOK).warns("2 of 3 records that were not shown are there when asked for by themselves")
				if reading.Load() {
					t.Fatal("the archived records were not asked for")
				}
				for id, want := range map[int64]string{restored[0]: "1", restored[1]: "1", purged[0]: "0"} {
					if n := d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_contact WHERE id = '" + strconv.FormatInt(id, 10) + "' AND warren_deleted_at IS NULL"); n != want {
						t.Errorf("%d has %s rows that live, want %s", id, n, want)
					}
				}
			})
		})
	}
}

// So it is with the associations of such a record.
func TestTrapAssociationsOfARecordThatIsRestoredWhileAFullRunReads(t *testing.T) {
	atHubSpot(t, func(t *testing.T, d *desk, hub *hubspot.Server) {
		var restored []int64
		facing(t, d, func(w http.ResponseWriter, r *http.Request) {
			hub.ServeHTTP(w, r)
			if r.URL.Path == "/crm/v3/objects/deals" && len(restored) > 0 {
				hub.Restore("deals", hubspot.These(restored...))
			}
		})
		live := func() string {
			return d.text("SELECT CAST(count(*) AS text) FROM ingestion_hubspot_deal_contact_assoc WHERE warren_deleted_at IS NULL")
		}
		d.run("sync", "hubspot", "deals_contacts").exits(cli.ExitOK)
		before := live()
		first, err := strconv.ParseInt(d.text("SELECT CAST(min(deal_id) AS text) FROM ingestion_hubspot_deal_contact_assoc"), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		restored = hub.Archive("deals", hubspot.These(first))
		d.run("sync", "hubspot", "deals_contacts", "--full", "--delete-limit", "100%").exits(cli.ExitOK).warns("are there when asked for by themselves")
		if after := live(); after != before {
			t.Errorf("%s associations of %s live", after, before)
		}
	})
}
