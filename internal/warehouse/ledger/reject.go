package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// rejectChunk bounds the parameters of one statement.
const rejectChunk = 50

// addRejects puts the records that failed into the quarantine (L3). A record
// has one entry, found by its id, or by its bytes when it has none. An entry
// that was closed opens again, but one that a person discarded stays so while
// its bytes are the same. An older version never takes a newer one's place (L9).
func addRejects(ctx context.Context, tx Conn, d Durable) error {
	rejects := newest(d.Rejects)
	for len(rejects) > 0 {
		n := min(len(rejects), rejectChunk)
		query, args := rejectSQL(d, rejects[:n])
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return err
		}
		rejects = rejects[n:]
	}
	return nil
}

// newest leaves one reject for each entry: of equal ones the last, unless it
// is an older version.
func newest(rejects []crm.Reject) []crm.Reject {
	place := make(map[[2]string]int, len(rejects))
	kept := make([]crm.Reject, 0, len(rejects))
	for _, r := range rejects {
		id, fingerprint := entryKey(r)
		n, again := place[[2]string{id, fingerprint}]
		switch {
		case !again:
			place[[2]string{id, fingerprint}] = len(kept)
			kept = append(kept, r)
		case !r.Cursor.Valid || !kept[n].Cursor.Valid || r.Cursor.Int >= kept[n].Cursor.Int:
			kept[n] = r
		}
	}
	return kept
}

func entryKey(r crm.Reject) (id, fingerprint string) {
	if r.ID != "" {
		return recordID(r.ID), ""
	}
	sum := sha256.Sum256(r.Raw)
	return "", hex.EncodeToString(sum[:])
}

func rejectSQL(d Durable, rejects []crm.Reject) (string, []any) {
	const width = 13
	args := make([]any, 0, len(rejects)*width)
	var rows strings.Builder
	for n, r := range rejects {
		if n > 0 {
			rows.WriteString(", ")
		}
		rows.WriteByte('(')
		for i := range width {
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString(placeholder(n*width + i + 1))
		}
		// The last parameter stands for both times of a new entry.
		rows.WriteString(", " + placeholder(n*width+width) + ", 'open', 1)")
		id, fingerprint := entryKey(r)
		raw := r.Raw
		if raw == nil {
			raw = []byte{}
		}
		number, kind := cursorColumns(r.Cursor)
		fetched := r.Fetched
		if fetched.IsZero() {
			fetched = d.Now
		}
		args = append(args, d.ID.Source, d.ID.Stream, id, fingerprint, raw, string(r.Code),
			visible(r.Reason, crm.MaxIssueValue), visible(r.Field, crm.MaxIssueValue), visible(r.Value, crm.MaxIssueValue),
			number, kind, d.RunID, fetched.UTC())
	}
	return `
INSERT INTO warren_quarantine (source, stream, record_id, fingerprint, raw, code, reason, field, value,
                               cursor_value, cursor_type, run_id, first_seen, last_seen, status, attempts)
VALUES ` + rows.String() + `
ON CONFLICT (source, stream, record_id, fingerprint) DO UPDATE SET
  status = CASE WHEN warren_quarantine.status = 'discarded' AND warren_quarantine.raw = excluded.raw THEN 'discarded' ELSE 'open' END,
  closed_at = CASE WHEN warren_quarantine.status = 'discarded' AND warren_quarantine.raw = excluded.raw
                   THEN warren_quarantine.closed_at END,
  closed_run = NULL,
  raw = excluded.raw, code = excluded.code, reason = excluded.reason, field = excluded.field, value = excluded.value,
  cursor_value = excluded.cursor_value, cursor_type = excluded.cursor_type, run_id = excluded.run_id,
  last_seen = excluded.last_seen, attempts = warren_quarantine.attempts + 1
WHERE warren_quarantine.cursor_value IS NULL OR excluded.cursor_value IS NULL
   OR excluded.cursor_value >= warren_quarantine.cursor_value`, args
}

// cursorColumns stores a cursor such that SQL can compare it; one that is no
// number inside is not compared.
func cursorColumns(v crm.Value) (number, kind any) {
	if !v.Valid {
		return nil, nil
	}
	switch v.Type {
	case crm.TypeInteger, crm.TypeTimestamp, crm.TypeDate:
		return v.Int, v.Type.String()
	default:
		return nil, nil
	}
}

// closeReplaced closes the entries of records of which the batch wrote a
// version that is as new as the one in quarantine, or newer. See numbered for
// the way that the list is joined.
func closeReplaced(ctx context.Context, tx Conn, d Durable) error {
	if !d.CleanQuarantine || len(d.Written) == 0 {
		return nil
	}
	type item struct {
		Record string `json:"id"`
		At     any    `json:"at"`
	}
	items := make([]item, len(d.Written))
	for n, w := range d.Written {
		at, _ := cursorColumns(w.Cursor)
		items[n] = item{Record: recordID(w.ID), At: at}
	}
	list, err := numbered(items)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
UPDATE warren_quarantine SET status = 'replaced', closed_at = $3, closed_run = $5 WHERE id IN (
  SELECT q.id FROM json_each($4) AS e CROSS JOIN warren_quarantine AS q
  WHERE q.source = COALESCE(e.value ->> 'none', $1) AND q.stream = COALESCE(e.value ->> 'none', $2)
    AND q.record_id = e.value ->> 'id' AND q.status = COALESCE(e.value ->> 'none', 'open')
    AND (q.cursor_value IS NULL OR e.value ->> 'at' IS NULL OR CAST(e.value ->> 'at' AS bigint) >= q.cursor_value))`,
		d.ID.Source, d.ID.Stream, d.Now.UTC(), list, d.RunID)
	return err
}
