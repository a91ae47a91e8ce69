package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
)

// death is one way to die at one kind of moment.
type death struct {
	kind     string // what dies of what
	database string
	at       event
	how      string // what there is to say beyond kind and moment
	most     int    // the death comes at one of the first so many such events
	disk     bool   // it needs a small disk

	// strike lets the child meet its death at the nth event. It reports whether
	// the death struck; an error is a fault of warren.
	strike func(l *life, c *child, n int) (struck bool, err error)
}

func (d death) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s, %s, %s %s", d.kind, d.database, d.at, d.how))
}

// killed is warren, killed by SIGKILL at an event that is seen from outside.
func killed(at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		if l.db.file != "" {
			defer watchLog(l.t, l.bell, l.db.file)()
		}
		var killErr error
		rang, err := l.sync(c, newAlarm(at, n, func() { killErr = c.signal(os.Kill) }))
		if errors.Is(killErr, os.ErrProcessDone) {
			killErr = nil // too late
		}
		return rang && c.exit() == -1, errors.Join(err, killErr)
	}
}

// killedByItself is warren, killed by SIGKILL at an event that only its own
// process sees.
func killedByItself(at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		c.cmd.Env = append(c.cmd.Env, dieAt+"="+string(at)+":"+strconv.Itoa(n))
		_, err := l.sync(c)
		return c.exit() == -1, err
	}
}

// askedToStop is warren, which a signal asks to end in good order.
func askedToStop(signal os.Signal, at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		var signalErr error
		rang, err := l.sync(c, newAlarm(at, n, func() { signalErr = c.signal(signal) }))
		if errors.Is(signalErr, os.ErrProcessDone) {
			signalErr = nil
		}
		if err = errors.Join(err, signalErr); err != nil || !rang || c.exit() == 0 {
			return false, err // it had nothing left to do
		}
		r, err := c.report()
		if err != nil {
			return true, err
		}
		if c.exit() != interrupted || len(r.Runs) != 1 || r.Runs[0].Status != string(crm.StatusCancelled) {
			return true, fmt.Errorf("asked to stop it ends with %d, want %d and a run that is cancelled", c.exit(), interrupted)
		}
		return true, nil
	}
}

// interrupted is the exit code of a sync that was asked to stop.
const interrupted = 130

// stoppedInVain is warren, asked to stop while the server hears all and says
// nothing: it gives up after a while, and leaves its run to the next one.
func stoppedInVain(at event) func(*life, *child, int) (bool, error) {
	hanging := toxic{name: "timeout", attributes: func(int) string { return `{"timeout": 0}` }}
	return func(l *life, c *child, n int) (bool, error) {
		var stopErr error
		rang, err := l.sync(c, newAlarm(at, n, func() {
			stopErr = errors.Join(l.db.wire.spoil(hanging, 0), c.signal(os.Interrupt))
		}))
		l.db.wire.mend(l.t.Context())
		if err = errors.Join(err, stopErr); err != nil || !rang {
			return false, err
		}
		if c.exit() != interrupted {
			return true, fmt.Errorf("asked to stop it ends with %d, want %d", c.exit(), interrupted)
		}
		return true, nil
	}
}

// serverStopped is PostgreSQL, stopped and started again while warren waits.
func serverStopped(mode pgtest.Mode, at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		var serverErr error
		rang, err := l.sync(c, newAlarm(at, n, func() {
			serverErr = errors.Join(l.db.server.Stop(mode), l.db.server.Start())
		}))
		return rang, errors.Join(err, serverErr, outlived(c))
	}
}

// bothKilled is PostgreSQL and warren, killed together, as when their machine
// stops.
func bothKilled(at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		var killErr error
		rang, err := l.sync(c, newAlarm(at, n, func() {
			killErr = c.signal(os.Kill)
			if errors.Is(killErr, os.ErrProcessDone) {
				killErr = nil
			}
			killErr = errors.Join(killErr, l.db.server.Stop(pgtest.Kill), l.db.server.Start())
		}))
		return rang, errors.Join(err, killErr)
	}
}

// outlived returns an error unless the child came through by itself. Only the
// opening of the warehouse, before any page, may fail for want of it.
func outlived(c *child) error {
	if c.exit() == 0 {
		return nil
	}
	if strings.Contains(c.log.String(), ": page of ") {
		return fmt.Errorf("exit code %d, want 0: the run can wait this out", c.exit())
	}
	return sayWhy(c, crm.CodeWarehouseConn)
}

// spoiled is a wire that goes bad at an event, and is good again when warren
// has noticed.
func spoiled(which func(*life) wire, how toxic, at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		w := which(l)
		var spoilErr error
		spoil := newAlarm(at, n, func() { spoilErr = w.spoil(how, l.dice.Int()) })
		spoil.lets = true
		noticed := newAlarm(retried, 1, func() { w.mend(l.t.Context()) })
		rang, err := l.sync(c, spoil, noticed)
		w.mend(l.t.Context())
		return rang && (noticed.hasRung() || !how.cuts), errors.Join(err, spoilErr, outlived(c))
	}
}

// full is the disk of the warehouse, which fills up at an event and has room
// again for the next run.
func full(at event) func(*life, *child, int) (bool, error) {
	return func(l *life, c *child, n int) (bool, error) {
		var fillErr error
		filling := newAlarm(at, n, func() { fillErr = l.db.disk.fill(l.dice.Int64N(200 << 10)) })
		filling.hear(atStart)
		rang, err := l.sync(c, filling)
		if rang {
			err = errors.Join(err, l.db.disk.clear())
		}
		if err = errors.Join(err, fillErr); err != nil || c.exit() == 0 {
			return false, err // what was left was enough
		}
		return true, sayWhy(c, crm.CodeWarehouseFull)
	}
}

// limited is warren, which may write only so many bytes into a file.
func limited(l *life, c *child, n int) (bool, error) {
	c.cmd.Env = append(c.cmd.Env, fileLimit+"="+strconv.Itoa(n))
	_, err := l.sync(c)
	if err != nil || c.exit() == 0 {
		return false, err
	}
	return true, sayWhy(c, crm.CodeWarehouseFull)
}

// sayWhy returns an error unless the child failed with one of these codes and
// says what to do.
func sayWhy(c *child, codes ...crm.Code) error {
	r, err := c.report()
	if err != nil {
		return err
	}
	if f := r.failure(); c.exit() != 1 || f == nil || !slices.Contains(codes, f.Code) || f.Fix == "" {
		return fmt.Errorf("it ends with %d and says %+v, want %v", c.exit(), f, codes)
	}
	return nil
}
