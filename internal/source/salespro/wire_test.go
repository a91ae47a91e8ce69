package salespro_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// What goes wrong on the way to Athena and to S3 costs a walk neither a row nor another
// query.
func TestTrapsOfTheWire(t *testing.T) {
	for _, trap := range []string{
		"rate=50", "429=4", "429=4,retryafter=2s", "500=5", "503=5", "503=4,retryafter=none", "html=7", "truncate=4", "reset=5", "gzip", "skew=20m", "latency=3s",
	} {
		t.Run(trap, func(t *testing.T) {
			for _, way := range []string{"file", "pages", "unload", "unload-parquet"} {
				a := open(t, sandbox.Config{Rows: map[string]int{"payments": 2500}}, map[string]string{"results": way})
				a.trap(trap)
				a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
				if n := len(a.queries()); n != 1 {
					t.Errorf("%s: %d queries", way, n)
				}
			}
		})
	}
}

// A key that ends in the middle of a walk is said to have ended, and the run after it
// goes on.
func TestTrapTheKeyEndsInTheMiddle(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 12_500}}, map[string]string{"results": "pages"})
	token := a.started("payments")
	a.trap("expire=12")
	before := a.read("payments", crm.Request{Resume: token}, nil)
	codeIs(t, before.err, crm.CodeAuth)
	if n := len(before.pages); n > 0 && before.pages[n-1].Checkpoint != "" {
		token = before.pages[n-1].Checkpoint
	}
	a.trap("")
	a.reconnect(nil)
	after := a.mustRead("payments", crm.Request{Resume: token})
	a.compare("payments", "", append(before.records, after.records...))
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}
