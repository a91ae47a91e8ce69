package sqlite

import (
	"context"
	"time"
)

// lockRound is how long a process waits before it asks for the lock again.
const lockRound = 20 * time.Millisecond

// lock makes processes that set up a database of the same directory wait for
// each other. The operating system frees the lock of a process that dies, and
// no file of it stays behind.
func (d *Driver) lock(ctx context.Context) (unlock func(), err error) {
	for {
		unlock, busy, err := tryLock(d.file)
		if !busy {
			return unlock, err
		}
		if err := d.clock.Wait(ctx, lockRound); err != nil {
			return nil, err
		}
	}
}
