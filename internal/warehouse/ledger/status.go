package ledger

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// StreamStatus is what the ledger knows of a stream.
type StreamStatus struct {
	ID         crm.StreamID
	SourceType string
	State
	LastRun        *crm.Run  // the newest; nil when there is none
	LastSuccess    *crm.Run  // the newest that read all there was to read; nil when there is none
	LastFull       *crm.Run  // the newest full run, however it ended, or repair that compared everything; nil when there is none
	LastWrong      *crm.Run  // the newest that found rows which are not as the source has them, if nothing has repaired all since; else nil
	Holder         string    // who syncs it now, in words; "" when nobody does
	HolderSince    time.Time // when that process took the stream
	LeaseUntil     time.Time
	Dead           bool // LastRun says that it runs, but its process is gone or its lease over
	OpenQuarantine int64
	OpenIssues     int64
}

// Streams tells of every stream that was ever synced, by name.
func Streams(ctx context.Context, db DB) ([]StreamStatus, error) {
	exists, err := ready(ctx, db)
	if err != nil || !exists {
		return nil, err
	}
	now, err := db.Now(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := streamIDs(ctx, db)
	if err != nil {
		return nil, err
	}
	entries, err := countByStream(ctx, db, `warren_quarantine WHERE status = 'open'`)
	if err != nil {
		return nil, err
	}
	issues, err := countByStream(ctx, db, `warren_issue`)
	if err != nil {
		return nil, err
	}
	streams := make([]StreamStatus, 0, len(ids))
	for _, id := range ids {
		status, err := streamStatus(ctx, db, id, now)
		if err != nil {
			return nil, err
		}
		status.OpenQuarantine, status.OpenIssues = entries[id], issues[id]
		streams = append(streams, status)
	}
	return streams, nil
}

// countByStream counts the rows of a table, given with its condition.
func countByStream(ctx context.Context, conn Conn, table string) (map[crm.StreamID]int64, error) {
	rows, err := conn.Query(ctx, `SELECT source, stream, count(*) FROM `+table+` GROUP BY source, stream`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	counts := make(map[crm.StreamID]int64)
	for rows.Next() {
		var id crm.StreamID
		var n int64
		if err := rows.Scan(&id.Source, &id.Stream, &n); err != nil {
			return nil, err
		}
		counts[id] = n
	}
	return counts, rows.Err()
}

// whole are the runs after which nothing was missing: complete, and neither a
// range nor capped.
const whole = ` AND status IN ('success', 'partial') AND mode IN ('full', 'incremental')
   AND CAST(configuration AS text) NOT LIKE '%"max_records"%'`

func streamIDs(ctx context.Context, conn Conn) ([]crm.StreamID, error) {
	rows, err := conn.Query(ctx, `SELECT source, stream FROM warren_stream ORDER BY source, stream`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []crm.StreamID
	for rows.Next() {
		var id crm.StreamID
		if err := rows.Scan(&id.Source, &id.Stream); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// everything is the condition of a run that was to read everything: a full one,
// or a repair of all records that was not broken off. A verify that only looks is
// not in the history.
const everything = ` AND (mode = 'full' OR mode = 'verify' AND status IN ('success', 'partial') AND CAST(configuration AS text) NOT LIKE '%"sample"%')`

// wrong is the condition of a run that found rows which are wrong, after the newest repair
// of all records.
const wrong = ` AND error_code = '` + string(crm.CodeInconsistent) + `' AND mode <> 'verify' AND id > COALESCE((
   SELECT max(v.id) FROM ingestion_sync_history v WHERE v.source = $1 AND v.stream = $2
      AND v.mode = 'verify' AND v.status = 'success' AND CAST(v.configuration AS text) NOT LIKE '%"sample"%'), 0)`

func streamStatus(ctx context.Context, conn Conn, id crm.StreamID, now time.Time) (StreamStatus, error) {
	s, _, err := readStream(ctx, conn, id, "")
	if err != nil {
		return StreamStatus{}, err
	}
	status := StreamStatus{ID: id, SourceType: s.sourceType, State: s.State}
	if status.LastRun, err = lastRun(ctx, conn, id, ""); err != nil {
		return StreamStatus{}, err
	}
	if status.LastSuccess, err = lastRun(ctx, conn, id, whole); err != nil {
		return StreamStatus{}, err
	}
	if status.LastFull, err = lastRun(ctx, conn, id, everything); err != nil {
		return StreamStatus{}, err
	}
	if status.LastWrong, err = lastRun(ctx, conn, id, wrong); err != nil {
		return StreamStatus{}, err
	}
	alive := s.run != 0 && s.until.After(now)
	if runs, known := Alive(s.owner); known && !runs {
		alive = false
	}
	if alive {
		status.Holder, status.HolderSince, status.LeaseUntil = s.owner.Describe(), s.since, s.until
	}
	if run := status.LastRun; run != nil && run.Status == crm.StatusRunning {
		status.Dead = !alive || run.ID != s.run
	}
	return status, nil
}

func lastRun(ctx context.Context, conn Conn, id crm.StreamID, condition string) (*crm.Run, error) {
	runs, err := queryRuns(ctx, conn, ` WHERE source = $1 AND stream = $2`+condition+` ORDER BY id DESC LIMIT 1`, id.Source, id.Stream)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return &runs[0], nil
}
