package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
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

// trial is what is tried of a table: that rows are read, inserted and updated, and deleted.
type trial struct {
	table   string
	column  string // any that an INSERT may name; "" where rows are only read
	deletes bool
	alters  bool // it lacks columns or indexes
}

// trials lists what a sync of the targets does to the tables that are there, and whether
// it makes some.
func trials(ctx context.Context, db warehouse.Driver, targets []Target) (list []trial, makes bool, err error) {
	list = []trial{{table: "warren_migrations"}, {table: "ingestion_sync_history", column: "status"}}
	for _, name := range []string{"warren_stream", "warren_quarantine", "warren_schema"} {
		list = append(list, trial{table: name, column: "source"})
	}
	for _, name := range []string{"warren_issue", "warren_seen", "warren_changed"} {
		list = append(list, trial{table: name, column: "source", deletes: true})
	}
	pending, err := ledger.Pending(ctx, db)
	if err != nil && crm.CodeOf(err) != crm.CodeWarehouseRight { // which is named with all that are lacking
		return nil, false, err
	}
	makes = pending
	there := list[:0]
	for _, t := range list {
		t.alters = pending
		exists, err := db.Exists(ctx, t.table)
		if err != nil {
			return nil, false, err
		}
		if makes = makes || !exists; exists {
			there = append(there, t)
		}
	}
	for _, t := range targets {
		name, err := existing(ctx, db, t.Stream)
		if err != nil {
			return nil, false, err
		}
		// A snapshot's rows come into a table beside it, which is made for every full run.
		if makes = makes || name == "" || t.Stream.Snapshot; name != "" {
			table, err := db.Table(ctx, t.Stream, false)
			if err != nil {
				return nil, false, err
			}
			gap := table.Lacks()
			makes = makes || gap.Indexes // which stand in the schema, as tables do
			columns, err := columnsOf(ctx, db, name)
			if err != nil {
				return nil, false, err
			}
			if len(columns) == 0 {
				continue // whatever is to be written is added first
			}
			column := t.Stream.PrimaryKey[0]
			if !slices.Contains(columns, column) { // so it is with the key of a table of before
				column = columns[len(columns)-1]
			}
			hard := t.Account.Deletes(t.Stream.Name).How == crm.DeletesHard
			there = append(there, trial{table: name, column: column, deletes: hard, alters: gap.Any()})
		}
	}
	return there, makes, nil
}

// rights is a driver that knows what a role may do.
type rights interface {
	MayUse(ctx context.Context, uses []postgres.Use, makes bool) error
}

// writable reports whether a sync could do its work in a PostgreSQL database. It asks
// which rights are lacking, to name all of them at once; and where none is, it makes what
// is missing and touches no row of what is there, in a transaction that is taken back.
func writable(ctx context.Context, db warehouse.Driver, targets []Target) error {
	list, makes, err := trials(ctx, db, targets)
	if err != nil {
		return err
	}
	if asked, ok := db.(rights); ok {
		uses := make([]postgres.Use, len(list))
		for i, t := range list {
			uses[i] = postgres.Use{Table: t.table, Read: t.column == "" && !t.alters, Delete: t.deletes, Alter: t.alters}
		}
		if err := asked.MayUse(ctx, uses, makes); err != nil {
			return err
		}
	}
	statements := []string{`CREATE TEMPORARY TABLE warren_check_staging (id bigint) ON COMMIT DROP`}
	for _, t := range list {
		if t.column == "" {
			statements = append(statements, `SELECT FROM `+quoted(t.table)+` WHERE false`)
			continue
		}
		name, column := quoted(t.table), quoted(t.column)
		statements = append(statements,
			`INSERT INTO `+name+` (`+column+`) SELECT `+column+` FROM `+name+` WHERE false`,
			`UPDATE `+name+` SET `+column+` = `+column+` WHERE false`)
		if t.deletes {
			statements = append(statements, `DELETE FROM `+name+` WHERE false`)
		}
	}
	if makes {
		statements = append(statements, `CREATE TABLE warren_check (id bigint)`)
	}
	err = db.InTx(ctx, func(tx ledger.Conn) error {
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
