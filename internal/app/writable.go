package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// errTakenBack ends a transaction that was only to see what is allowed.
var errTakenBack = errors.New("taken back")

// readable reports whether the tables can be read.
func readable(ctx context.Context, db warehouse.Driver, targets []Target) error {
	if _, err := ledger.Streams(ctx, db); err != nil {
		return err
	}
	for _, t := range targets {
		if _, err := db.Table(ctx, t.Stream, false); err != nil {
			return err
		}
	}
	return nil
}

// writable reports whether a sync could do its work in a PostgreSQL database:
// it makes what is missing and touches no row of what is there, in a
// transaction that is taken back.
func writable(ctx context.Context, db warehouse.Driver, targets []Target) error {
	tables := map[string]string{"ingestion_sync_history": "status"}
	for _, name := range []string{"warren_stream", "warren_quarantine", "warren_issue", "warren_schema", "warren_seen", "warren_changed"} {
		tables[name] = "source"
	}
	emptied := []string{"warren_issue", "warren_seen", "warren_changed"} // of which rows are deleted, too
	missing := false
	for _, t := range targets {
		name, err := existing(ctx, db, t.Stream)
		if err != nil {
			return err
		}
		missing = missing || name == ""
		tables[name] = t.Stream.PrimaryKey[0]
	}
	delete(tables, "")
	statements := []string{`CREATE TEMPORARY TABLE warren_check_staging (id bigint) ON COMMIT DROP`}
	for name, column := range tables {
		exists, err := db.Exists(ctx, name)
		if err != nil {
			return err
		}
		missing = missing || !exists
		if !exists {
			continue
		}
		if slices.Contains(emptied, name) {
			statements = append(statements, `DELETE FROM `+quoted(name)+` WHERE false`)
		}
		name, column := quoted(name), quoted(column)
		statements = append(statements,
			`INSERT INTO `+name+` (`+column+`) SELECT `+column+` FROM `+name+` WHERE false`,
			`UPDATE `+name+` SET `+column+` = `+column+` WHERE false`)
	}
	if missing {
		statements = append(statements, `CREATE TABLE warren_check (id bigint)`)
	}
	err := db.InTx(ctx, func(tx ledger.Conn) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return errTakenBack
	})
	if errors.Is(err, errTakenBack) {
		return nil
	}
	return err
}

// existing returns the name under which the warehouse has the stream's table;
// "" when it has none.
func existing(ctx context.Context, db warehouse.Driver, stream crm.Stream) (string, error) {
	for _, name := range append([]string{stream.Table}, stream.TableAliases...) {
		if exists, err := db.Exists(ctx, name); exists || err != nil {
			return name, err
		}
	}
	return "", nil
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
