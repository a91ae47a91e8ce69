package ledger

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// InQuarantine returns those of the record ids that are open in the quarantine of a
// stream.
func InQuarantine(ctx context.Context, db DB, id crm.StreamID, records []string) (map[string]bool, error) {
	held := make(map[string]bool)
	exists, err := db.Exists(ctx, "warren_quarantine")
	if err != nil || !exists || len(records) == 0 {
		return held, err
	}
	type item struct {
		Record string `json:"id"`
	}
	items := make([]item, len(records))
	given := make(map[string]string, len(records)) // as the ledger keeps them, to as they were given
	for i, r := range records {
		items[i] = item{recordID(r)}
		given[items[i].Record] = r
	}
	list, err := numbered(items)
	if err != nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `
SELECT q.record_id FROM json_each($3) AS e CROSS JOIN warren_quarantine AS q
WHERE q.source = COALESCE(e.value ->> 'none', $1) AND q.stream = COALESCE(e.value ->> 'none', $2)
  AND q.status = 'open' AND q.record_id = e.value ->> 'id'`, id.Source, id.Stream, list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var record string
		if err := rows.Scan(&record); err != nil {
			return nil, err
		}
		held[given[record]] = true
	}
	return held, rows.Err()
}
