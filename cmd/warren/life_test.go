package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// life is one account that is synced into one warehouse, while both of them,
// warren and what lies between die several deaths.
type life struct {
	t    *testing.T
	dice *rand.Rand
	bell *bell
	crm  account
	db   store
	dir  string // warren's
}

// overlap none: what a watermark gets wrong must not be made good by reading
// the last five minutes again.
// delete_limit all: the brake would keep a full run from marking what is gone.
const settings = "sync: {overlap: 0s, delete_limit: 100%}\n"

// newLife begins a life with the database that open opens.
func newLife(t *testing.T, dice *rand.Rand, open func(*bell) store) *life {
	t.Helper()
	b := &bell{}
	l := &life{t: t, dice: dice, bell: b, dir: t.TempDir(), db: open(b), crm: openAccount(t, b, salesrabbit.Config{
		Records: 500 + dice.IntN(1500), Seed: dice.Uint64(), Traps: salesrabbit.Traps{Churn: dice.IntN(2)},
	})}
	if err := os.WriteFile(filepath.Join(l.dir, "warren.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return l
}

// warren is a sync of this life's account.
func (l *life) warren(args ...string) *child {
	l.t.Helper()
	return born(command(l.t, l.dir, l.crm.url, l.db.url, args...))
}

// meet lets the source change and a sync meet its death, and returns how many
// syncs ended before it could strike: their moment did not come, or came too
// late.
func (l *life) meet(d death) (missed int) {
	l.t.Helper()
	const patience = 20
	most := d.most
	for ; missed < patience; missed++ {
		n := 1 + l.dice.IntN(most)
		l.crm.stir(l.dice)
		c := l.warren()
		if l.dice.IntN(3) == 0 {
			c.cmd.Args = append(c.cmd.Args, "--full")
		}
		struck, err := d.strike(l, c, n)
		if err != nil {
			l.t.Fatalf("%s, at number %d: %v\n%s\n%s", d, n, err, &c.log, &c.out)
		}
		if struck {
			return missed
		}
		most = max(1, most/2)
	}
	l.t.Fatalf("%s: its moment did not come in %d syncs", d, missed)
	return missed
}

// sync lets a child live while the alarms are set, and reports whether the
// first of them rang.
func (l *life) sync(c *child, alarms ...*alarm) (rang bool, err error) {
	l.bell.set(alarms...)
	err = c.run(l.bell)
	l.bell.set()
	for i, a := range alarms {
		if a.hasRung() && i == 0 {
			rang = true
		}
	}
	if strings.Contains(c.log.String(), "goroutine ") {
		err = errors.Join(err, errors.New("warren crashed"))
	}
	return rang, err
}

// converge lets the world go quiet, lets warren go on twice, and compares: the
// first run goes on where the dead ones stopped, the second one asks for what
// changed meanwhile. Then a full run marks what has gone from the source.
// It returns how many leads have.
func (l *life) converge() (gone int) {
	l.t.Helper()
	l.crm.SetTraps(salesrabbit.Traps{})
	l.succeed()
	l.succeed()
	compare(l.t, l.db.open, l.crm.Server, false)
	l.succeed("--full")
	_, gone = compare(l.t, l.db.open, l.crm.Server, true)
	return gone
}

// succeed lets warren sync, which nothing disturbs.
func (l *life) succeed(args ...string) {
	l.t.Helper()
	c := l.warren(args...)
	_, err := l.sync(c)
	r, parseErr := c.report()
	err = errors.Join(err, parseErr)
	if err == nil && (c.exit() != 0 || r.Runs[0].Status != string(crm.StatusSuccess)) {
		err = fmt.Errorf("exit code %d", c.exit())
	}
	if err != nil {
		l.t.Fatalf("a run that nothing disturbs: %v\n%s\n%s", err, &c.log, &c.out)
	}
}
