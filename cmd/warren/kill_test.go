package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// warren is a sync by the real program, in a process and a directory of its
// own.
func warren(t *testing.T, api, database string, args ...string) *exec.Cmd {
	t.Helper()
	return command(t, t.TempDir(), api, database, args...)
}

// atBatch lets a sync live, and does a thing when it has told of so many
// batches.
func atBatch(t *testing.T, cmd *exec.Cmd, batches int, do func(c *child) error) *child {
	t.Helper()
	c := born(cmd)
	var doErr error
	a := newAlarm(told, batches, func() { doErr = do(c) })
	b := &bell{}
	b.set(a)
	if err := errors.Join(c.run(b), doErr); err != nil || !a.hasRung() {
		t.Fatalf("there was no batch number %d: %v\n%s", batches, err, &c.log)
	}
	return c
}

func send(signal os.Signal) func(*child) error {
	return func(c *child) error { return c.signal(signal) }
}

// finish lets a sync live to its good end.
func finish(t *testing.T, cmd *exec.Cmd) report {
	t.Helper()
	c := born(cmd)
	if err := c.run(&bell{}); err != nil || c.exit() != 0 {
		t.Fatalf("exit code %d, %v\n%s\n%s", c.exit(), err, &c.log, &c.out)
	}
	r, err := c.report()
	if err != nil || len(r.Runs) != 1 || r.Runs[0].Status != string(crm.StatusSuccess) {
		t.Fatalf("%v\n%s", err, &c.out)
	}
	return r
}

// onBoth runs a test with each database.
func onBoth(t *testing.T, test func(t *testing.T, db store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, openSQLite(t, "")) })
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.URL(t)
		test(t, store{url: url, open: func() (warehouse.Driver, error) { return postgres.Open(t.Context(), url, postgres.Options{}) }})
	})
}

func TestL4KilledInMidRunAndStartedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		const records = 3000
		api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: records, Seed: 7})
		for _, batches := range []int{1, 2, 5, 9} {
			if c := atBatch(t, warren(t, api, db.url), batches, send(os.Kill)); c.exit() != -1 {
				t.Fatalf("the run ended by itself: %d\n%s", c.exit(), &c.log)
			}
			server.Change(salesrabbit.Random(50))
		}
		// One run goes on from the last checkpoint; what changed meanwhile is
		// asked for by the run after it.
		finish(t, warren(t, api, db.url))
		finish(t, warren(t, api, db.url))
		if created, _ := compare(t, db.open, server, false); created != records {
			t.Errorf("the history counts %d leads created in all, want %d: each once", created, records)
		}
	})
}

func TestASignalEndsTheRunInGoodOrder(t *testing.T) {
	const records = 3000
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(fmt.Sprint(signal), func(t *testing.T) {
			onBoth(t, func(t *testing.T, db store) {
				api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: records, Seed: 8})
				c := atBatch(t, warren(t, api, db.url), 6, send(signal))
				if c.exit() != 130 {
					t.Errorf("exit code %d, want 130", c.exit())
				}
				if r, err := c.report(); err != nil || len(r.Runs) != 1 || r.Runs[0].Status != string(crm.StatusCancelled) {
					t.Errorf("%v: %+v", err, r)
				}
				if r := finish(t, warren(t, api, db.url)); r.Runs[0].Fetched >= records {
					t.Errorf("the next run begins anew: %+v", r)
				}
				if created, _ := compare(t, db.open, server, false); created != records {
					t.Errorf("the history counts %d leads created in all", created)
				}
			})
		})
	}
}

func TestTheSecondRunWritesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db store) {
		api, _ := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 1000, Seed: 9})
		finish(t, warren(t, api, db.url))
		r := finish(t, warren(t, api, db.url, "--full"))
		if c := r.Runs[0].Counts; c.Fetched != 1000 || c.Unchanged != 1000 || c.Created+c.Updated != 0 {
			t.Errorf("%+v", c)
		}
	})
}

// The database goes away in mid-run, as in a restart for an update, and comes
// back: the run waits, asks what became of its last batch, and goes on.
func TestL4TheDatabaseStopsInMidRunAndStartsAgain(t *testing.T) {
	for _, how := range []pgtest.Mode{pgtest.Immediate, pgtest.Kill} {
		t.Run(string(how), func(t *testing.T) {
			database := pgtest.Dedicated(t)
			api, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 3000, Seed: 10})
			url := database.URL("postgres")
			c := atBatch(t, warren(t, api, url), 4, func(*child) error {
				return errors.Join(database.Stop(how), database.Start())
			})
			if c.exit() != 0 {
				t.Fatalf("exit code %d\n%s", c.exit(), &c.log)
			}
			if !strings.Contains(c.log.String(), "the warehouse: attempt 1 failed") {
				t.Errorf("the run did not notice:\n%s", &c.log)
			}
			open := func() (warehouse.Driver, error) { return postgres.Open(t.Context(), url, postgres.Options{}) }
			if created, _ := compare(t, open, server, false); created != 3000 {
				t.Errorf("the history counts %d leads created, want 3000", created)
			}
		})
	}
}
