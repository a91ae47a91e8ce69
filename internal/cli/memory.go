package cli

import "github.com/warren-sync/warren/internal/config"

// How much memory Warren's own data may take (L11). The program itself and, in the same
// process, SQLite's caches come to some 24 and 32 MiB more, and all of it together stays
// below 64 MiB; docs/performance.md has the figures.
const (
	memoryBesidePostgres = 36 << 20
	memoryBesideSQLite   = 28 << 20
)

// boundMemory bounds it by the database that the run writes to.
func (c *command) boundMemory(cfg *config.Config) {
	if c.BoundMemory == nil {
		return
	}
	most := int64(memoryBesideSQLite)
	if cfg.Database.Driver == config.DriverPostgres {
		most = memoryBesidePostgres
	}
	c.BoundMemory(most)
}
