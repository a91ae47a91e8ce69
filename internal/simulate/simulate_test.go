package simulate_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/simulate"
	"github.com/warren-sync/warren/internal/source/hubspot"
	"github.com/warren-sync/warren/internal/source/salespro"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
)

// TestSimulation lives as many lives around each source as it is told to, or tells
// the story of one:
//
//	go test ./internal/simulate -seeds 20000 -timeout 2h
//	go test ./internal/simulate -v -run TestSimulation/hubspot -seed 7
func TestSimulation(t *testing.T) {
	for _, source := range simulate.Sources() {
		t.Run(source, func(t *testing.T) { simulation(t, source) })
	}
}

func simulation(t *testing.T, source string) {
	t.Helper()
	template := makeTemplate(t, source)
	if seed := option(t, "seed"); seed != 0 {
		life := play(t, source, seed, template, simulate.Plant{})
		t.Logf("the story of seed %d\n%s", life.Seed, life.Story)
		if life.Breach != nil {
			t.Error(life.Breach)
		}
		return
	}
	seeds, clock := int(option(t, "seeds")), crm.SystemClock{}
	began := clock.Now()
	kinds, lived := live(t, source, option(t, "first"), seeds, template)
	took := clock.Now().Sub(began)
	t.Logf("%d seeds in %s, %.0f a minute; what happened in them:\n%s", lived, took.Round(time.Second), float64(lived)/took.Minutes(), kinds)
	if lived < enough {
		return
	}
	for _, kind := range simulate.Kinds(source) {
		if kinds[kind] == 0 {
			t.Errorf("in %d lives there was no %s", lived, kind)
		}
	}
}

// enough lives show everything that can happen.
const enough = 300

func option(t *testing.T, name string) uint64 {
	t.Helper()
	value, err := strconv.ParseUint(flag.Lookup(name).Value.String(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// tally says how often each kind of thing happened.
type tally map[simulate.Kind]int

func (k tally) String() string {
	text := ""
	for _, kind := range slices.Sorted(maps.Keys(k)) {
		text += fmt.Sprintf("%9d  %s\n", k[kind], kind)
	}
	return text
}

// live lives n lives, as many at once as there are processors, and tells the
// stories of the first few that end with a broken law.
func live(t *testing.T, source string, first uint64, n int, template []byte) (kinds tally, lived int) {
	t.Helper()
	var next, bad atomic.Int64
	var mu sync.Mutex
	kinds = tally{}
	t.Run("lives", func(t *testing.T) {
		for worker := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
				t.Parallel()
				for i := next.Add(1); i <= int64(n) && bad.Load() < 5; i = next.Add(1) {
					life := play(t, source, first+uint64(i)-1, template, simulate.Plant{})
					if life.Breach != nil {
						bad.Add(1)
						t.Errorf("seed %d\n%s\n%s\nreplay: go test ./internal/simulate -v -run TestSimulation/%s -seed %d",
							life.Seed, life.Story, life.Breach, source, life.Seed)
					}
					mu.Lock()
					lived++
					for kind, times := range life.Story.Kinds() {
						kinds[kind] += times
					}
					mu.Unlock()
				}
			})
		}
	})
	return kinds, lived
}

// registered returns the registration of a source.
func registered(source string) crm.Source {
	for _, s := range []crm.Source{salesrabbit.Source(), hubspot.Source(), salespro.Source()} {
		if s.Type == source {
			return s
		}
	}
	return crm.Source{}
}

func makeTemplate(t *testing.T, source string) []byte {
	t.Helper()
	template, err := simulate.Template(t.Context(), t.TempDir(), registered(source))
	if err != nil {
		t.Fatal(err)
	}
	return template
}

// play lives one life in a bubble of its own.
func play(t *testing.T, source string, seed uint64, template []byte, plant simulate.Plant) (life simulate.Life) {
	t.Helper()
	dir, err := os.MkdirTemp("", "warren-life")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		var err error
		life, err = simulate.Play(t.Context(), seed, simulate.Options{Source: source, Open: simulate.SQLite(dir, template), Plant: plant})
		if err != nil {
			t.Errorf("seed %d could not be lived: %v", seed, err)
		}
	})
	return life
}
