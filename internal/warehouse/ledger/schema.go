package ledger

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Schema returns what is known of a stream's fields, in the order of names. A
// warehouse without the ledger's tables knows nothing.
func Schema(ctx context.Context, db DB, id crm.StreamID) (crm.Schema, error) {
	exists, err := ready(ctx, db)
	if err != nil || !exists {
		return nil, err
	}
	rows, err := db.Query(ctx, `SELECT kind, name, column_name, type FROM warren_schema WHERE source = $1 AND stream = $2 ORDER BY name, kind`,
		id.Source, id.Stream)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var known crm.Schema
	for rows.Next() {
		var f crm.SchemaField
		var kind, name string
		if err := rows.Scan(&kind, &f.Name, &f.Column, &name); err != nil {
			return nil, err
		}
		f.Kind = crm.SchemaKind(kind)
		f.Type, _ = crm.ParseType(name) // of a later version's type a text is the safest
		known = append(known, f)
	}
	return known, rows.Err()
}

// Unfilled returns the columns that a stream got after the last run that read everything:
// rows that did not change since have no value there. It is empty where there was none.
func Unfilled(ctx context.Context, db DB, id crm.StreamID) ([]string, error) {
	exists, err := ready(ctx, db)
	if err != nil || !exists {
		return nil, err
	}
	full, err := lastRun(ctx, db, id, " AND status IN ('success', 'partial')"+everything)
	if err != nil || full == nil {
		return nil, err
	}
	rows, err := db.Query(ctx, `
SELECT DISTINCT column_name FROM warren_schema
WHERE source = $1 AND stream = $2 AND kind IN ('described', 'retyped') AND column_name <> '' AND run_id > $3 ORDER BY column_name`,
		id.Source, id.Stream, full.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var columns []string
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, err
		}
		columns = append(columns, column)
	}
	return columns, rows.Err()
}

// Learn remembers what a run has learned of a stream's fields.
func Learn(ctx context.Context, db DB, id crm.StreamID, run int64, learned crm.Schema, now time.Time) error {
	if len(learned) == 0 {
		return nil
	}
	return db.InTx(ctx, func(tx Conn) error {
		for _, f := range learned {
			if _, err := tx.Exec(ctx, `
INSERT INTO warren_schema (source, stream, kind, name, column_name, type, run_id, learned_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (source, stream, kind, name) DO UPDATE
SET column_name = excluded.column_name, type = excluded.type, run_id = excluded.run_id, learned_at = excluded.learned_at`,
				id.Source, id.Stream, string(f.Kind), f.Name, f.Column, f.Type.String(), run, now.UTC()); err != nil {
				return err
			}
		}
		return nil
	})
}
