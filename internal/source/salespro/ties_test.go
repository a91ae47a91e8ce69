package salespro_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// A customer with several estimates has several rows. Of those that changed at the same
// time always the same one is in the table, whatever the order of the share, and a run
// that finds no change writes none.
func TestL10RowsOfOneCustomerThatChangedAtTheSameTime(t *testing.T) {
	for name, order := range map[string]string{"one order": "e1 e3 e2", "another": "e3 e2 e1", "a third": "e2 e1 e3"} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, sandbox.Config{}, func(w *world) {
				w.put("customer", sandbox.Fields{"customer_id": "c1", "estimate_id": "e8", "updated_at": "2026-04-01 09:59:59.999"})
				for e := range strings.FieldsSeq(order) {
					w.put("customer", sandbox.Fields{"customer_id": "c1", "estimate_id": e, "updated_at": "2026-04-01 10:00:00"})
				}
				w.put("customer", sandbox.Fields{"customer_id": "c1", "estimate_id": "e9", "updated_at": nil})
				for n, size := range []int{1, 1, 2, 200} {
					run := w.run("customer", engine.Ask{Full: true, BatchSize: size})
					if c := run.Counts; w.row("SELECT estimate_id FROM ingestion_salespro_customer") != "e3" || n > 0 && c.Created+c.Updated > 0 {
						w.t.Errorf("run %d: %s, %s", n, w.row("SELECT estimate_id FROM ingestion_salespro_customer"), counted(c))
					}
				}
			})
		})
	}
}

// A walk that is gone on with in the midst of the rows of one key does not take an
// older one for the newest.
func TestRowsOfOneKeyOnBothSidesOfAPage(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"customer": 0}}, nil)
	const customers = 2500
	for i := range customers {
		for _, e := range []string{"e1", "e2"} {
			a.share.Put("customer", sandbox.Fields{"customer_id": "c" + strconv.Itoa(10_000+i), "estimate_id": e, "updated_at": "2026-04-01 10:00:00"}) //nolint:errcheck // compared below
		}
	}
	for _, way := range []string{"file", "pages"} {
		a.reconnect(map[string]string{"results": way})
		before, checkpoint := a.halfRead("customer")
		a.reconnect(map[string]string{"results": way})
		after := a.mustRead("customer", crm.Request{Resume: checkpoint})
		seen := map[string]bool{}
		for _, record := range append(before.records, after.records...) {
			if e := string(rawjson.Member([]byte(record), "estimate_id")); e != `"e2"` {
				t.Errorf("%s: %s", way, record)
			}
			seen[string(rawjson.Member([]byte(record), "customer_id"))] = true
		}
		if len(seen) != customers || len(before.records)+len(after.records) != customers {
			t.Errorf("%s: %d customers, %d records", way, len(seen), len(before.records)+len(after.records))
		}
	}
}
