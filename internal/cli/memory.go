package cli

import "github.com/warren-sync/warren/internal/config"

// How much memory Warren's own data may take (L11). The program itself comes to some 28
// MiB more, of which a part depends on how the system has its file in memory, and SQLite's
// caches, in the same process, to 6 MiB; all of it together is to stay below 64 MiB, and
// docs/performance.md says when it does. It is a bound that the collector works for, and
// no wall: a batch of records that are very large goes beyond it.
const (
	memoryBesidePostgres = 35 << 20
	memoryBesideSQLite   = 29 << 20
)

// boundMemory bounds it by the database that the run writes to; nil where that is not
// known yet, for a settings file of a thousand accounts takes some to be read.
func (c *command) boundMemory(cfg *config.Config) {
	if c.BoundMemory == nil {
		return
	}
	most := int64(memoryBesidePostgres)
	if cfg != nil && cfg.Database.Driver == config.DriverSQLite {
		most = memoryBesideSQLite
	}
	c.BoundMemory(most)
}
