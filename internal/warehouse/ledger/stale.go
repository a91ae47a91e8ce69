package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// CloseStale closes, as failed, the runs of a stream that say they are running
// while no process runs them, and lets the stream go. Runs younger than age
// stay as they are. It returns the runs that it closed; with dry, those that
// it would, and changes nothing.
//
// A stream that a living process holds is left alone, and a sync need not wait
// for this: Acquire does the same for itself.
func CloseStale(ctx context.Context, db DB, id crm.StreamID, age time.Duration, dry bool) (closed []crm.Run, err error) {
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	if dry {
		return staleRuns(ctx, db, id, "", now, age)
	}
	err = db.InTx(ctx, func(tx Conn) error {
		lock := forUpdate(db.Dialect())
		stale, err := staleRuns(ctx, tx, id, lock, now, age)
		if err != nil || len(stale) == 0 {
			return err
		}
		s, _, err := readStream(ctx, tx, id, lock)
		if err != nil {
			return err
		}
		a := acquisition{Claim: Claim{ID: id}, tx: tx, dialect: db.Dialect(), now: now.UTC()}
		if closed, err = a.closeDead(ctx, s); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE warren_stream SET holder_run = NULL, holder = NULL, holder_since = NULL, lease_until = NULL
WHERE source = $1 AND stream = $2`, id.Source, id.Stream)
		return err
	})
	if err != nil {
		return nil, err
	}
	return closed, nil
}

// staleRuns lists the runs that nobody runs, unless one of them is younger
// than age.
func staleRuns(ctx context.Context, conn Conn, id crm.StreamID, lock string, now time.Time, age time.Duration) ([]crm.Run, error) {
	s, known, err := readStream(ctx, conn, id, lock)
	if err != nil || !known {
		return nil, err
	}
	a := acquisition{Claim: Claim{ID: id}, now: now}
	if a.held(s) {
		return nil, nil
	}
	runs, err := queryRuns(ctx, conn, ` WHERE source = $1 AND stream = $2 AND status = 'running' ORDER BY id`, id.Source, id.Stream)
	if err != nil || slices.ContainsFunc(runs, func(r crm.Run) bool { return now.Sub(r.Start) < age }) {
		return nil, err
	}
	return runs, nil
}
