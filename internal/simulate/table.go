package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// row is one row of the stream's table, all columns as text; NULL is nil.
type row map[string]*string

// text returns a column, "" for NULL.
func (r row) text(column string) string {
	if r[column] == nil {
		return ""
	}
	return *r[column]
}

// same reports whether two rows hold the same in every column.
func (r row) same(other row) bool {
	for column := range r {
		if (r[column] == nil) != (other[column] == nil) || r.text(column) != other.text(column) {
			return false
		}
	}
	return len(r) == len(other)
}

// The columns of deletion: when, as the source says or Warren found, and the
// run that found it, where the source does not say.
const (
	deletedAt  = "warren_deleted_at"
	deletedRun = "warren_deleted_run"
)

// marked reports whether a run has marked the row as gone.
func (r row) marked() bool { return r[deletedRun] != nil }

// bookkeeping are the columns beside the fields. The judge reads them by their
// names, which are a contract.
func bookkeeping() []string {
	return []string{"data", "synced_at", "created_in_sync", deletedAt, deletedRun}
}

// snapshot is what the warehouse holds at one moment.
type snapshot struct {
	rows      map[string]row // by primary key
	runs      []stored
	watermark time.Time          // zero while there is none
	walked    time.Time          // when the walk began that can be gone on with; zero for none
	holder    int64              // the run that has the stream; 0 for none
	until     time.Time          // the end of its lease
	open      []string           // raw bytes of the open entries of the quarantine
	issues    map[[2]string]bool // record id and column
}

// stored is a row of the history.
type stored struct {
	id                    int64
	status, code, message string
	counts                crm.Counts
	start, end            time.Time // end is zero while it runs
}

// ids returns the keys of the rows in order, so that of several differences
// always the same is told.
func (s *snapshot) ids() []string { return slices.Sorted(maps.Keys(s.rows)) }

// look reads the warehouse: of the table the key, the time of the last change
// and the bookkeeping, and every column if whole.
func (w *world) look(ctx context.Context, whole bool) (s snapshot, err error) {
	s = snapshot{rows: map[string]row{}, issues: map[[2]string]bool{}}
	if found, err := w.db.Exists(ctx, "warren_stream"); err != nil || !found {
		return s, err // nothing has run yet
	}
	found, err := w.db.Exists(ctx, w.stream.Table)
	if err == nil && found {
		err = w.lookAtTable(ctx, &s, whole, "")
	}
	if err == nil {
		err = w.lookAtLedger(ctx, &s)
	}
	return s, err
}

func (w *world) lookAtTable(ctx context.Context, s *snapshot, whole bool, where string) error {
	var columns []string
	for _, f := range w.stream.Fields {
		if whole || w.company.promise().whole || f.Column == w.stream.Cursor || slices.Contains(w.stream.PrimaryKey, f.Column) {
			columns = append(columns, f.Column)
		}
	}
	columns = append(columns, bookkeeping()...)
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = fmt.Sprintf(`CAST("%s" AS text)`, c)
	}
	return w.each(ctx, "SELECT "+strings.Join(terms, ", ")+` FROM "`+w.stream.Table+`"`+where, func(rows ledger.Rows) error {
		cells := make([]*string, len(columns))
		dest := make([]any, len(columns))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		r := make(row, len(columns))
		for i, c := range columns {
			r[c] = cells[i]
		}
		if w.company.promise().whole {
			name := w.contents(func(f crm.Field) *string { return r[f.Column] })
			s.rows[numbered(name, func(id string) bool { return s.rows[id] != nil })] = r
			return nil
		}
		key := make([]string, len(w.stream.PrimaryKey))
		for i, c := range w.stream.PrimaryKey {
			f, _ := w.stream.Field(c)
			key[i] = plain(f.Type, r.text(c))
		}
		s.rows[strings.Join(key, "/")] = r
		return nil
	})
}

func (w *world) lookAtLedger(ctx context.Context, s *snapshot) error {
	if err := w.each(ctx, `
SELECT id, status, COALESCE(error_code, ''), COALESCE(error_message, ''), records_fetched, records_created, records_updated,
       records_unchanged, records_failed, records_duplicate, issues, records_deleted, start_time, end_time
FROM ingestion_sync_history ORDER BY id`, func(rows ledger.Rows) error {
		var r stored
		c := &r.counts
		var end *time.Time
		err := rows.Scan(&r.id, &r.status, &r.code, &r.message, &c.Fetched, &c.Created, &c.Updated, &c.Unchanged, &c.Failed, &c.Duplicates, &c.Issues, &c.Deleted, &r.start, &end)
		if end != nil {
			r.end = *end
		}
		s.runs = append(s.runs, r)
		return err
	}); err != nil {
		return err
	}
	if err := w.each(ctx, `SELECT watermark, COALESCE(holder_run, 0), lease_until, COALESCE(checkpoint, '{}') FROM warren_stream`, func(rows ledger.Rows) error {
		var watermark, until *time.Time
		var checkpoint string
		err := rows.Scan(&watermark, &s.holder, &until, &checkpoint)
		if err == nil {
			s.walked, err = startOf(checkpoint, w.settings.skew)
		}
		if watermark != nil {
			s.watermark = *watermark
		}
		if until != nil {
			s.until = *until
		}
		return err
	}); err != nil {
		return err
	}
	if err := w.each(ctx, `SELECT raw FROM warren_quarantine WHERE status = 'open'`, func(rows ledger.Rows) error {
		var raw []byte
		err := rows.Scan(&raw)
		s.open = append(s.open, string(raw))
		return err
	}); err != nil {
		return err
	}
	return w.each(ctx, `SELECT record_id, column_name FROM warren_issue`, func(rows ledger.Rows) error {
		var record, column string
		err := rows.Scan(&record, &column)
		s.issues[[2]string{record, column}] = true
		return err
	})
}

// startOf reads when a walk began, by Warren's clock, from its checkpoint: that has it by
// the source's, or, while nothing of the walk was read, by Warren's.
func startOf(checkpoint string, skew time.Duration) (time.Time, error) {
	var c struct {
		Start, Saved time.Time
		Fresh        bool
	}
	err := json.Unmarshal([]byte(checkpoint), &c)
	switch {
	case c.Fresh:
		return c.Saved, err
	case c.Start.IsZero():
		return c.Start, err
	default:
		return c.Start.Add(-skew), err
	}
}

func (w *world) each(ctx context.Context, query string, do func(ledger.Rows) error) error {
	rows, err := w.db.Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
