package ledger

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Acquire upholds L7. It takes the lease on the stream, closes the runs that
// a dead process left running, and opens the history row of this run, all in
// one transaction.
//
// When another process holds the stream the error has CodeBusy. A lease counts
// until it ends; that of a process known to be dead counts no more.
//
// The first claim of a stream takes over the watermark that the old system's
// history proves, if there is one.
func Acquire(ctx context.Context, db DB, c Claim) (Held, error) {
	now, err := db.Now(ctx)
	if err != nil {
		return Held{}, err
	}
	var held Held
	err = db.InTx(ctx, func(tx Conn) error {
		a := acquisition{Claim: c, tx: tx, dialect: db.Dialect(), now: now.UTC()}
		var err error
		held, err = a.do(ctx)
		return err
	})
	if err != nil {
		return Held{}, err
	}
	return held, nil
}

type acquisition struct {
	Claim
	tx      Conn
	dialect Dialect
	now     time.Time
}

func (a *acquisition) do(ctx context.Context) (Held, error) {
	s, created, err := a.lock(ctx)
	if err != nil {
		return Held{}, err
	}
	if created {
		if s.Watermark, err = pastWatermark(ctx, a.tx, a.dialect, a.Claim, true); err != nil {
			return Held{}, err
		}
	}
	if err := a.addLastFull(ctx, a.tx, &s.State); err != nil {
		return Held{}, err
	}
	held := Held{State: s.State}
	if held.Dead, err = a.closeDead(ctx, s); err != nil {
		return Held{}, err
	}
	if held.Run, err = a.openRun(ctx, s.State); err != nil {
		return Held{}, err
	}
	if _, err = a.tx.Exec(ctx, `
UPDATE warren_stream SET source_type = $3, watermark = $4, holder_run = $5, holder = $6, holder_since = $7, lease_until = $8,
       table_columns = $9
WHERE source = $1 AND stream = $2`, a.ID.Source, a.ID.Stream, a.SourceType, timeOrNil(s.Watermark),
		held.Run.ID, a.Owner.String(), a.now, a.now.Add(a.Lease), columnsText(with(s.Columns, a.Columns))); err != nil {
		return Held{}, err
	}
	if held.OpenQuarantine, err = countOpen(ctx, a.tx, a.ID); err != nil {
		return Held{}, err
	}
	held.OpenIssues, err = countIssues(ctx, a.tx, a.ID)
	return held, err
}

// lock returns the stream's row, locked, and whether this call created it. It
// looks before it locks: a live holder may keep the row locked for as long as
// a batch takes, and that is no time to wait for an answer that is known.
func (a *acquisition) lock(ctx context.Context) (s streamRow, created bool, err error) {
	s, known, err := readStream(ctx, a.tx, a.ID, "")
	if err == nil {
		err = a.refuse(s)
	}
	if err == nil && !known {
		var inserted int64
		inserted, err = a.tx.Exec(ctx, `
INSERT INTO warren_stream (source, stream, source_type) VALUES ($1, $2, $3)
ON CONFLICT (source, stream) DO NOTHING`, a.ID.Source, a.ID.Stream, a.SourceType)
		created = inserted > 0
	}
	if err == nil {
		s, _, err = readStream(ctx, a.tx, a.ID, forUpdate(a.dialect))
	}
	if err == nil {
		err = a.refuse(s)
	}
	return s, created, err
}

// held reports whether a process that may be alive holds the stream.
func (a *acquisition) held(s streamRow) bool {
	if s.run == 0 || !s.until.After(a.now) {
		return false
	}
	alive, known := Alive(s.owner)
	return alive || !known
}

func (a *acquisition) refuse(s streamRow) error {
	if !a.held(s) {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeBusy, Origin: crm.OriginWarren, Retryable: true,
		Message: a.ID.String() + " is being synced by " + s.owner.Describe() + " since " + s.since.Format(time.DateTime) +
			" UTC; its lease runs until " + s.until.Format(time.DateTime) + " UTC",
		Fix: "Wait for that run to end, or stop that process; if it died, its lease ends by itself at the time given.",
	}
}
