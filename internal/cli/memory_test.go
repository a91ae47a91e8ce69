package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// SQLite has memory of its own in the process, so that less is left for Warren (L11).
func TestL11MemoryIsBoundedByTheDatabase(t *testing.T) {
	bounds := map[string]int64{}
	both(t, salesrabbit.Config{Records: 10}, func(t *testing.T, d *desk) {
		d.world.BoundMemory = func(bytes int64) { bounds[t.Name()] = bytes }
		d.run("sync", "salesrabbit", "leads").exits(0)
	})
	sqlite, postgres := bounds[t.Name()+"/sqlite"], bounds[t.Name()+"/postgres"]
	if sqlite < 24<<20 || sqlite >= postgres || postgres >= 40<<20 {
		t.Errorf("%d bytes beside SQLite, %d beside PostgreSQL", sqlite, postgres)
	}
}
