package cli_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// SQLite has memory of its own in the process, so that less is left for Warren (L11).
func TestL11MemoryIsBoundedByTheDatabase(t *testing.T) {
	bounds, first := map[string]int64{}, map[string]int64{}
	both(t, salesrabbit.Config{Records: 10}, func(t *testing.T, d *desk) {
		d.world.BoundMemory = func(bytes int64) {
			if first[t.Name()] == 0 {
				first[t.Name()] = bytes
			}
			bounds[t.Name()] = bytes
		}
		d.run("sync", "salesrabbit", "leads").exits(0)
	})
	sqlite, postgres := bounds[t.Name()+"/sqlite"], bounds[t.Name()+"/postgres"]
	if sqlite < 24<<20 || sqlite >= postgres || postgres >= 40<<20 {
		t.Errorf("%d bytes beside SQLite, %d beside PostgreSQL", sqlite, postgres)
	}
	for name, bytes := range first {
		if bytes != postgres {
			t.Errorf("%s: %d bytes while the settings are read", name, bytes)
		}
	}
}
