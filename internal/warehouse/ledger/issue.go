package ledger

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// StoredIssue is an issue with where and when it was found.
type StoredIssue struct {
	ID       int64
	StreamID crm.StreamID
	RunID    int64
	Found    time.Time
	crm.Issue
}

// Issues lists issues, the oldest first.
func Issues(ctx context.Context, db DB, f Filter) ([]StoredIssue, error) {
	exists, err := db.Exists(ctx, "warren_issue")
	if err != nil || !exists {
		return nil, err
	}
	var c clause
	c.addText("source = ?", f.Source)
	c.addText("stream = ?", f.Stream)
	if f.RecordID != "" {
		c.add("record_id = ?", recordID(f.RecordID))
	}
	c.add("id > ?", f.After)
	rows, err := db.Query(ctx, `
SELECT id, source, stream, run_id, found_at, record_id, field, column_name, value, rule, message, effect
FROM warren_issue`+c.where()+` ORDER BY id`+f.limit(), c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var issues []StoredIssue
	for rows.Next() {
		var i StoredIssue
		var effect string
		if err := rows.Scan(&i.ID, &i.StreamID.Source, &i.StreamID.Stream, &i.RunID, &i.Found, &i.RecordID, &i.Field,
			&i.Column, &i.Value, &i.Rule, &i.Message, &effect); err != nil {
			return nil, err
		}
		i.Found, i.Effect = i.Found.UTC(), crm.Effect(effect)
		issues = append(issues, i)
	}
	return issues, rows.Err()
}

func countIssues(ctx context.Context, conn Conn, id crm.StreamID) (int64, error) {
	return queryInteger(ctx, conn, `SELECT count(*) FROM warren_issue WHERE source = $1 AND stream = $2`, id.Source, id.Stream)
}

// issueItem is an issue on its way through JSON.
type issueItem struct {
	Record  string `json:"id"`
	Field   string `json:"field"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Effect  string `json:"effect"`
}

// replaceIssues makes the issues of the batch's records those of the versions
// that came in this batch: what was wrong with earlier ones is past.
func replaceIssues(ctx context.Context, tx Conn, d Durable) error {
	if d.CleanIssues {
		if err := dropIssues(ctx, tx, d); err != nil {
			return err
		}
	}
	if len(d.Issues) == 0 {
		return nil
	}
	items := make([]issueItem, len(d.Issues))
	for n, i := range d.Issues {
		items[n] = issueItem{
			Record: recordID(i.RecordID), Field: visible(i.Field, crm.MaxIssueValue), Column: visible(i.Column, crm.MaxIssueValue),
			Value: visible(i.Value, crm.MaxIssueValue), Rule: visible(i.Rule, crm.MaxIssueValue),
			Message: visible(i.Message, crm.MaxIssueValue), Effect: string(i.Effect),
		}
	}
	list, err := numbered(items)
	if err != nil {
		return err
	}
	// One statement for any number of issues. Run and time come from the row
	// that the fence has just written, so that every parameter has one type
	// in both dialects.
	_, err = tx.Exec(ctx, `
INSERT INTO warren_issue (source, stream, run_id, found_at, record_id, field, column_name, value, rule, message, effect)
SELECT s.source, s.stream, s.batch_run, s.batch_time, e.value ->> 'id', e.value ->> 'field', e.value ->> 'column',
       e.value ->> 'value', e.value ->> 'rule', e.value ->> 'message', e.value ->> 'effect'
FROM warren_stream AS s, json_each($3) AS e
WHERE s.source = $1 AND s.stream = $2`, d.ID.Source, d.ID.Stream, list)
	return err
}

func dropIssues(ctx context.Context, tx Conn, d Durable) error {
	seen := make(map[string]bool, len(d.Written)+len(d.Issues))
	var ids []string
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	for _, w := range d.Written {
		add(w.ID)
	}
	nameless := false
	for _, i := range d.Issues {
		if i.RecordID == "" {
			nameless = true
			continue
		}
		add(i.RecordID)
	}
	if err := ForgetIssues(ctx, tx, d.ID, ids); err != nil {
		return err
	}
	if nameless {
		// Records without an id cannot be matched one by one; those of earlier
		// runs give way to those of this one.
		_, err := tx.Exec(ctx, `
DELETE FROM warren_issue WHERE source = $1 AND stream = $2 AND record_id = '' AND run_id <> $3`,
			d.ID.Source, d.ID.Stream, d.RunID)
		return err
	}
	return nil
}

// ForgetIssues drops the issues of the records with those ids.
func ForgetIssues(ctx context.Context, tx Conn, id crm.StreamID, records []string) error {
	if len(records) == 0 {
		return nil
	}
	type item struct {
		Record string `json:"id"`
	}
	items := make([]item, len(records))
	for n, r := range records {
		items[n].Record = recordID(r)
	}
	list, err := numbered(items)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
DELETE FROM warren_issue WHERE id IN (
  SELECT i.id FROM json_each($3) AS e CROSS JOIN warren_issue AS i
  WHERE i.source = COALESCE(e.value ->> 'none', $1) AND i.stream = COALESCE(e.value ->> 'none', $2)
    AND i.record_id = e.value ->> 'id')`, id.Source, id.Stream, list)
	return err
}

// ForgetFruitless drops the issues of rows that runs before this one had staged and did
// not bring into the table: they did not end well and created and updated nothing, and
// no other run has issues without that.
func ForgetFruitless(ctx context.Context, tx Conn, id crm.StreamID, run int64) error {
	_, err := tx.Exec(ctx, `
DELETE FROM warren_issue WHERE source = $1 AND stream = $2 AND record_id <> '' AND run_id <> $3 AND run_id IN (
  SELECT id FROM ingestion_sync_history
  WHERE source = $1 AND stream = $2 AND status IN ('failed', 'cancelled') AND records_created = 0 AND records_updated = 0)`,
		id.Source, id.Stream, run)
	return err
}
