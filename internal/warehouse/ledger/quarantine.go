package ledger

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// The states of a quarantine entry.
const (
	EntryOpen      = "open"      // waits for someone
	EntryReplayed  = "replayed"  // written by a replay
	EntryReplaced  = "replaced"  // a later version of the record was written
	EntryDiscarded = "discarded" // given up by a person
)

// Entry is one record in the quarantine.
type Entry struct {
	ID       int64
	StreamID crm.StreamID
	RunID    int64 // the run that failed to write it last
	RecordID string
	Raw      []byte // the bytes as received; nil in a list
	Size     int64  // of Raw
	Code     crm.Code
	Reason   string
	Field    string
	Value    string
	Cursor   crm.Value
	Attempts int64
	Status   string
	First    time.Time // when it was fetched first
	Last     time.Time // and last
	Closed   time.Time // zero while open
	ClosedBy int64     // the run that wrote it; 0 for none
}

const entryColumns = `
SELECT id, source, stream, run_id, record_id, length(raw), code, reason, field, value,
       cursor_value, COALESCE(cursor_type, ''), attempts, status, first_seen, last_seen, closed_at, COALESCE(closed_run, 0)`

// ListQuarantine lists entries without their bytes, the oldest first.
func ListQuarantine(ctx context.Context, db DB, f Filter) ([]Entry, error) {
	exists, err := db.Exists(ctx, "warren_quarantine")
	if err != nil || !exists {
		return nil, err
	}
	var c clause
	c.addText("source = ?", f.Source)
	c.addText("stream = ?", f.Stream)
	c.addText("status = ?", f.Status)
	if f.RecordID != "" {
		c.add("record_id = ?", recordID(f.RecordID))
	}
	c.add("id > ?", f.After)
	rows, err := db.Query(ctx, entryColumns+` FROM warren_quarantine`+c.where()+` ORDER BY id`+f.limit(), c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

// ShowQuarantine returns one entry with its bytes. The error has CodeUsage
// when there is none of that number.
func ShowQuarantine(ctx context.Context, db DB, id int64) (Entry, error) {
	exists, err := db.Exists(ctx, "warren_quarantine")
	if err != nil {
		return Entry{}, err
	}
	if !exists {
		return Entry{}, noEntry(id)
	}
	rows, err := db.Query(ctx, entryColumns+`, raw FROM warren_quarantine WHERE id = $1`, id)
	if err != nil {
		return Entry{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return Entry{}, err
		}
		return Entry{}, noEntry(id)
	}
	var raw []byte
	e, err := scanEntry(rows, &raw)
	e.Raw = raw
	return e, err
}

func scanEntry(rows Rows, more ...any) (Entry, error) {
	var e Entry
	var code, kind string
	var cursor *int64
	var closed *time.Time
	if err := rows.Scan(append([]any{&e.ID, &e.StreamID.Source, &e.StreamID.Stream, &e.RunID, &e.RecordID, &e.Size, &code,
		&e.Reason, &e.Field, &e.Value, &cursor, &kind, &e.Attempts, &e.Status, &e.First, &e.Last, &closed, &e.ClosedBy}, more...)...); err != nil {
		return Entry{}, err
	}
	e.Code, e.First, e.Last, e.Closed = crm.Code(code), e.First.UTC(), e.Last.UTC(), timeOf(closed)
	if t, ok := crm.ParseType(kind); ok && cursor != nil {
		e.Cursor = crm.Value{Valid: true, Type: t, Int: *cursor}
	}
	return e, nil
}

func countOpen(ctx context.Context, conn Conn, id crm.StreamID) (int64, error) {
	return queryInteger(ctx, conn, `SELECT count(*) FROM warren_quarantine WHERE source = $1 AND stream = $2 AND status = 'open'`,
		id.Source, id.Stream)
}

// MarkReplayed closes an entry whose record a replay has written, or found to
// be written in this or a later version, or to be gone from the source.
func MarkReplayed(ctx context.Context, tx Conn, id, runID int64, now time.Time) error {
	touched, err := tx.Exec(ctx, `
UPDATE warren_quarantine SET status = 'replayed', closed_at = $3, closed_run = $2 WHERE id = $1`, id, runID, now.UTC())
	if err == nil && touched == 0 {
		return noEntry(id)
	}
	return err
}

// Discard gives entries up and returns how many of them were open. Their
// bytes stay.
func Discard(ctx context.Context, db DB, ids ...int64) (int64, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	now, err := db.Now(ctx)
	if err != nil {
		return 0, err
	}
	args := []any{now.UTC()}
	places := make([]string, len(ids))
	for n, id := range ids {
		args = append(args, id)
		places[n] = placeholder(len(args))
	}
	return db.Exec(ctx, `
UPDATE warren_quarantine SET status = 'discarded', closed_at = $1 WHERE status = 'open' AND id IN (`+strings.Join(places, ", ")+`)`, args...)
}

func noEntry(id int64) error {
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig,
		Message: "the quarantine has no entry " + strconv.FormatInt(id, 10),
		Fix:     "List the entries with warren quarantine list and use a number from the first column.",
	}
}
