package main

import (
	"flag"
	"os"
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
)

// The size of TestDeaths, and the dice that it throws.
var (
	deaths    = flag.Int("deaths", 12, "how many `deaths` TestDeaths makes warren, its database and its wires die")
	deathSeed = flag.Uint64("death-seed", 0, "the `seed` of their kinds, moments and changes; 0 draws one and tells it")
)

// What the test binary is to be instead of a test.
const (
	asWarren = "WARREN_TEST_AS_MAIN"    // warren, so that a test can kill it
	asDisk   = "WARREN_TEST_SMALL_DISK" // the keeper of a small disk, see smalldisk_linux_test.go
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(asDisk) != "":
		os.Exit(keepDisk())
	case os.Getenv(asWarren) != "":
		if err := arrangeOwnDeath(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(run())
	}
	pgtest.Main(m)
}
