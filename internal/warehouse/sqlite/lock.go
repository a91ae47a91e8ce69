package sqlite

import (
	"context"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// SQLite waits for a lock by asking again and again, asleep in between, and
// cannot be interrupted while it sleeps. Warren asks again itself, so that a
// caller who gives up is heard.
const (
	waitRound = 5 * time.Millisecond
	patience  = 10 * time.Second
)

// patiently calls do until it does not find the database locked, or until its
// patience, or ctx, has ended.
func (d *Driver) patiently(ctx context.Context, do func() error) error {
	return d.poll(ctx, func() (bool, error) {
		err := do()
		return primaryCode(err) == sqlite3.SQLITE_BUSY, err
	})
}

// inTurn does the same for who wants to write. SQLite's lock goes to whoever
// asks first once it is free: a process that writes batch after batch would
// keep all others out. So who waits for it holds another lock, which the writer
// needs for its next batch.
func (d *Driver) inTurn(ctx context.Context, do func() error) error {
	if d.readOnly {
		return d.patiently(ctx, do)
	}
	unlock, err := d.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return d.patiently(ctx, do)
}

// takeTurn lets the streams that this process syncs at the same time write one
// after the other, in the order in which they ask. It comes before the connection
// that writes and before the lock between processes: two that took these in
// different order would wait for each other.
func (d *Driver) takeTurn(ctx context.Context) (done func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// lock makes processes that set up or write a database of the same directory
// wait for each other. The operating system frees the lock of a process that
// dies, and no file of it stays behind.
func (d *Driver) lock(ctx context.Context) (unlock func(), err error) {
	err = d.poll(ctx, func() (bool, error) {
		var busy bool
		if unlock, busy = tryLock(d.file); busy {
			return true, d.explainCode(sqlite3.SQLITE_BUSY)
		}
		return false, nil
	})
	return unlock, err
}

// poll calls try until it does not say that something is busy.
func (d *Driver) poll(ctx context.Context, try func() (busy bool, err error)) error {
	for range patience / waitRound {
		busy, err := try()
		if !busy {
			return err
		}
		if d.clock.Wait(ctx, waitRound) != nil {
			return ctx.Err()
		}
	}
	_, err := try()
	return err
}
