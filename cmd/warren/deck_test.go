package main

import (
	"math/rand/v2"
	"os"
	"slices"
	"syscall"

	"github.com/warren-sync/warren/internal/pgtest"
)

// The databases.
const (
	inSQLite   = "SQLite"
	inPostgres = "PostgreSQL"
)

// usual is at how many events of a kind in one run a death may come: about as
// many as a first run has. A run that has fewer is tried again with half.
func usual(at event) int {
	switch at {
	case asked, answering, fetched:
		return 8
	case rows:
		return 1500
	case committing, committed, told:
		return 20
	case logging:
		return 600
	case folding:
		return 100
	default:
		return 1
	}
}

// deck is all the ways to die, by kind and database. small is a small disk, if
// there are any; patient says whether there is time for a death that takes a
// quarter of a minute.
func deck(small disk, patient bool) [][]death {
	var all [][]death
	kind := func(kind, database string, deaths ...death) {
		for i := range deaths {
			d := &deaths[i]
			d.kind, d.database = kind, database
			if d.most == 0 {
				d.most = usual(d.at)
			}
		}
		all = append(all, deaths)
	}
	outside := []event{asked, answering, fetched, told}
	wired := []event{committing, committed, finishing, finished}

	var deaths []death
	for _, at := range append(logEvents(), outside...) {
		deaths = append(deaths, death{at: at, strike: killed(at)})
	}
	for _, at := range []event{rows, committing, finishing} {
		deaths = append(deaths, death{at: at, strike: killedByItself(at)})
	}
	kind("warren killed", inSQLite, deaths...)

	deaths = nil
	for _, at := range slices.Concat(outside, wired) {
		deaths = append(deaths, death{at: at, strike: killed(at)})
	}
	deaths = append(deaths, death{at: rows, most: 30, strike: killed(rows)})
	kind("warren killed", inPostgres, deaths...)

	for _, database := range []string{inSQLite, inPostgres} {
		deaths = nil
		for _, at := range outside {
			deaths = append(deaths, death{at: at, how: "SIGTERM", strike: askedToStop(syscall.SIGTERM, at)},
				death{at: at, how: "SIGINT", strike: askedToStop(os.Interrupt, at)})
		}
		if patient && database == inPostgres {
			deaths = append(deaths, death{at: told, how: "while the server hangs", most: 5, strike: stoppedInVain(told)})
		}
		kind("warren stopped", database, deaths...)
	}

	deaths = nil
	for _, at := range []event{fetched, told, committing, committed, finishing, finished} {
		for _, mode := range []pgtest.Mode{pgtest.Immediate, pgtest.Kill} {
			deaths = append(deaths, death{at: at, how: string(mode), strike: serverStopped(mode, at)})
		}
	}
	kind("server stopped", inPostgres, deaths...)

	deaths = nil
	for _, at := range []event{fetched, told, committing, committed, finished} {
		deaths = append(deaths, death{at: at, strike: bothKilled(at)})
	}
	kind("server and warren killed", inPostgres, deaths...)

	deaths = nil
	for _, how := range toxics() {
		for _, at := range []event{fetched, told, committing} {
			deaths = append(deaths, death{at: at, how: how.name, strike: spoiled(func(l *life) wire { return l.db.wire }, how, at)})
		}
	}
	kind("wire to the server bad", inPostgres, deaths...)

	for _, database := range []string{inSQLite, inPostgres} {
		deaths = nil
		for _, how := range toxics() {
			for _, at := range []event{asked, answering} {
				deaths = append(deaths, death{at: at, how: how.name, most: 3, strike: spoiled(func(l *life) wire { return l.crm.wire }, how, at)})
			}
		}
		kind("wire to the CRM bad", database, deaths...)
	}

	kind("file limit reached", inSQLite, death{how: "EFBIG", most: 1 << 20, strike: limited})
	for _, database := range small.holds() {
		deaths = nil
		for _, at := range []event{atStart, asked, told} {
			deaths = append(deaths, death{at: at, disk: true, strike: full(at)})
		}
		kind("disk full", database, deaths...)
	}
	return all
}

// deal draws n deaths from the deck: of each kind one after the other, so that
// a dozen has of all kinds, and of each kind every way before any comes again.
// After the first round the deaths of warren itself come four times as often.
func deal(dice *rand.Rand, kinds [][]death, n int) []death {
	drawn := make([]death, 0, n)
	heaps := make([][]death, len(kinds))
	for round := 0; ; round++ {
		for i, kind := range kinds {
			times := 1
			if round > 0 && kind[0].kind == "warren killed" {
				times = 4
			}
			for range times {
				if len(drawn) == n {
					return drawn
				}
				if len(heaps[i]) == 0 {
					heaps[i] = slices.Clone(kind)
					dice.Shuffle(len(kind), func(a, b int) { heaps[i][a], heaps[i][b] = heaps[i][b], heaps[i][a] })
				}
				drawn = append(drawn, heaps[i][0])
				heaps[i] = heaps[i][1:]
			}
		}
	}
}
