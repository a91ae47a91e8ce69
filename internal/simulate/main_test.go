package simulate_test

import (
	"flag"
	"runtime/debug"
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
)

// A life leaves little behind, and collecting it after every few megabytes
// takes a fifth of the time.
func TestMain(m *testing.M) {
	flag.Uint64("seeds", enough, "how many lives to live")
	flag.Uint64("first", 1, "the seed of the first of them")
	flag.Uint64("seed", 0, "live this one life and tell its story")
	debug.SetGCPercent(400)
	pgtest.Main(m)
}
