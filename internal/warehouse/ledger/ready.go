package ledger

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
)

// ready reports whether the ledger's tables are there. It fails where they are
// those of an earlier version: whoever only looks does not bring them up to
// date (L6).
func ready(ctx context.Context, db DB) (bool, error) {
	exists, err := db.Exists(ctx, "warren_stream")
	if err != nil || !exists {
		return false, err
	}
	applied, err := applied(ctx, db)
	if err == nil && applied < newestMigration {
		err = &crm.Error{
			Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "Warren's own tables in this database are those of an earlier version",
			Fix:     "run warren migrate, which adds what they miss and changes nothing else; any sync does it too",
		}
	}
	if err == nil && applied > newestMigration {
		err = later()
	}
	return err == nil, err
}

// Pending reports whether there are tables of the ledger that the next migration changes.
func Pending(ctx context.Context, db DB) (bool, error) {
	exists, err := db.Exists(ctx, VersionTable)
	if err != nil || !exists {
		return false, err
	}
	number, err := applied(ctx, db)
	return err == nil && number < newestMigration, err
}

// later is the error of a database that a later version of Warren has migrated:
// what its tables mean by then is not known here.
func later() error {
	return &crm.Error{
		Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
		Message: "Warren's own tables in this database are those of a later version",
		Fix:     "run the newest version of Warren on every machine that uses this database",
	}
}

// newestMigration is the number of the last file in migrations.
const newestMigration = 5

// applied returns the number of the last migration that the database has seen.
func applied(ctx context.Context, db DB) (number int64, err error) {
	rows, err := db.Query(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+VersionTable)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&number); err != nil {
			return 0, err
		}
	}
	return number, rows.Err()
}
