package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// show looks into the warehouse and tells how to go on.
func (d *demo) show(ctx context.Context, made changes) error {
	a := &app.App{Config: d.config, Clock: d.Clock}
	if _, err := a.Look(ctx, func(db warehouse.Driver) error { return d.showRows(ctx, db, made) }); err != nil {
		return err
	}
	if err := d.showWrong(ctx, a); err != nil {
		return err
	}
	d.showWay()
	return nil
}

// showRows shows a lead of each kind of change.
func (d *demo) showRows(ctx context.Context, db warehouse.Driver, made changes) error {
	d.tell("In the warehouse now")
	t := d.table("", "id", "first_name", "last_name", "status", "deleted_at", "warren_deleted_at")
	t.yield(drop("status"), drop("last_name"))
	for _, kind := range []struct {
		what string
		ids  []int64
	}{{"changed", made.changed}, {"added", made.inserted}, {"deleted", made.deleted}, {"gone", made.gone}} {
		if len(kind.ids) == 0 {
			continue
		}
		row, err := leadRow(ctx, db, kind.what, kind.ids[0])
		if err != nil {
			return err
		}
		t.add(row...)
	}
	t.print()
	d.note("deleted_at is what the CRM says, and a lead that is gone says nothing: warren_deleted_at is set for both, so " +
		"WHERE warren_deleted_at IS NULL are those that live.")
	return nil
}

func leadRow(ctx context.Context, db warehouse.Driver, what string, id int64) ([]any, error) {
	rows, err := db.Query(ctx, `
SELECT COALESCE(first_name, ''), COALESCE(last_name, ''), COALESCE(status, ''),
       CASE WHEN deleted_at IS NULL THEN 'NULL' ELSE 'is set' END, CASE WHEN warren_deleted_at IS NULL THEN 'NULL' ELSE 'is set' END
FROM ingestion_salesrabbit_lead WHERE id = $1`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var first, last, status, deleted, marked string
	if rows.Next() {
		err = rows.Scan(&first, &last, &status, &deleted, &marked)
	}
	if err == nil {
		err = rows.Err()
	}
	return []any{what, id, first, last, status, deleted, marked}, err
}

// showWrong shows one value that looks wrong and one record that could not be
// written.
func (d *demo) showWrong(ctx context.Context, a *app.App) error {
	leads := ledger.Filter{Source: "salesrabbit", Stream: "leads", Limit: 1}
	issues, _, err := a.Issues(ctx, leads, "latitude")
	if err != nil {
		return err
	}
	d.tell("What was wrong with the data")
	for _, i := range issues {
		d.note("An issue: lead %s: %s %q %s. The record is loaded, the column is NULL, and the value as it came "+
			"stays in the column data.", i.RecordID, i.Field, short(i.Value, 30), short(i.Message, 80))
	}
	leads.Status = ledger.EntryOpen
	_, err = a.Look(ctx, func(db warehouse.Driver) error {
		entries, err := ledger.ListQuarantine(ctx, db, leads)
		for _, e := range entries {
			d.note("In the quarantine: a record of %s: %s. Every byte of it waits there to be mended, and the rest of "+
				"its batch is loaded.", count(e.Size, "byte"), short(e.Reason, 80))
		}
		return err
	})
	return err
}

// showWay says where the data is and what to try next.
func (d *demo) showWay() {
	database := quote(d.shown())
	d.tell("The data is in %s. Try next:", d.shown())
	d.printf(`
  sqlite3 %[1]s 'SELECT count(*) FROM ingestion_salesrabbit_lead'
  %[2]s status --database %[1]s
  %[2]s history --database %[1]s
  %[2]s issues salesrabbit leads --database %[1]s
  %[2]s quarantine show 1 --database %[1]s
`, database, d.program())
	if d.keep {
		d.printf("\nThe simulated CRMs go on running until Ctrl-C. In another terminal:\n\n")
		for _, e := range d.environment {
			d.printf("  export %s=%s\n", e[0], e[1])
		}
		d.printf("  export DATABASE_URL=%s\n"+
			"  curl -X POST -d '{\"n\": 10}' $SALESRABBIT_API_URL/sandbox/leads/change\n"+
			"  curl -X POST -d '{\"n\": 10}' $HUBSPOT_API_URL/sandbox/contacts/change\n"+
			"  %s sync\n", database, d.program())
		return
	}
	d.printf("\nWith the real ones: set SALESRABBIT_API_KEY, HUBSPOT_API_TOKEN, or SALESPRO_DATABASE\n"+
		"and its key, then %[1]s check, %[1]s sync.\n", d.program())
}

// shown is the shortest way to name the file from where the user is.
func (d *demo) shown() string {
	if filepath.Dir(d.path) == d.Dir {
		return filepath.Base(d.path)
	}
	return d.path
}

// program is how the user calls Warren.
func (c *command) program() string {
	switch {
	case strings.Contains(c.Program, "go-build"):
		return "go run ./cmd/warren"
	case c.Program == "":
		return "warren"
	default:
		return quote(c.Program)
	}
}
