package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/pgtest"
)

// Real deaths of real processes (L4): warren, PostgreSQL, the wires between
// them and the disk die at random moments of a sync, again and again, while
// the data at the source changes. After each life of some deaths warren goes
// on, and the warehouse holds what the source holds, record by record.
//
// A dozen deaths are made in CI. The nightly run makes more, and shows what
// they were:
//
//	go test ./cmd/warren -run Deaths -deaths 200 -timeout 2h -v
func TestL4Deaths(t *testing.T) {
	seed := *deathSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("to die these deaths again: go test ./cmd/warren -run Deaths -deaths %d -death-seed %d -v", *deaths, seed)
	dice := rand.New(rand.NewPCG(seed, 0))

	some, err := mountDisk(t)
	if err != nil {
		t.Logf("no disk is filled, for none can be mounted here: %v", err)
	}
	shared := pgtest.Dedicated(t)
	var toll toll
	for i, deaths := range lives(dice, deal(dice, deck(some, *deaths > 50), *deaths)) {
		first := deaths[0]
		fate := rand.New(rand.NewPCG(seed, uint64(i+1)))
		begun := time.Now()
		well := t.Run(fmt.Sprintf("life %d in %s", i+1, first.database), func(t *testing.T) {
			small := disk("")
			if first.disk {
				var err error
				if small, err = mountDisk(t); err != nil {
					t.Fatal(err)
				}
			}
			l := newLife(t, fate, func(b *bell) store {
				switch {
				case first.database == inSQLite:
					return openSQLite(t, small)
				case first.disk:
					return openPostgres(t, b, pgtest.Dedicated(t), small)
				}
				return openPostgres(t, b, shared, small)
			})
			for _, d := range deaths {
				toll.count(d, l.meet(d))
			}
			toll.gone += l.converge()
		})
		toll.lived(well, time.Since(begun))
	}
	t.Logf("\n%s", &toll)
}

// lives shares deaths out to lives of one to four, each in one database and
// all on a small disk or none.
func lives(dice *rand.Rand, deaths []death) [][]death {
	type place struct {
		database string
		disk     bool
	}
	open := map[place][]death{}
	var order []place
	var done [][]death
	for _, d := range deaths {
		p := place{d.database, d.disk}
		if !slices.Contains(order, p) {
			order = append(order, p)
		}
		open[p] = append(open[p], d)
		if len(open[p]) > dice.IntN(4) {
			done = append(done, open[p])
			open[p] = nil
		}
	}
	for _, p := range order {
		if len(open[p]) > 0 {
			done = append(done, open[p])
		}
	}
	return done
}
