package roadtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/warehousetest"
)

// Contents is what the syncs of one stream left for people to see, without the
// times and numbers of the runs that brought it: one text an item, the same for
// every database.
type Contents struct {
	Rows       [][]string // every field, the raw record, the fingerprint, and Present or Missing, each as column=value
	Quarantine []string   // the open entries, with their bytes
	Issues     []string
}

// How a row of Contents ends: whether the source has its record still.
const (
	Present = "state=present"
	Missing = "state=missing"
)

// Read reads the contents of a stream.
func (r *Road) Read(ctx context.Context, db warehouse.Driver, name string) (Contents, error) {
	stream, id := r.stream(name), r.ID(name)
	var c Contents
	var err error
	if c.Rows, err = rows(ctx, db, stream, "data", "warren_hash"); err != nil {
		return Contents{}, err
	}
	state := "CASE WHEN warren_deleted_at IS NULL THEN '" + Present + "' ELSE '" + Missing + "' END"
	if err = extend(ctx, db, stream, c.Rows, state); err != nil {
		return Contents{}, err
	}
	if c.Quarantine, err = quarantine(ctx, db, id); err != nil {
		return Contents{}, err
	}
	c.Issues, err = issues(ctx, db, id)
	return c, err
}

// Stamps reads the rows with the times at which each was made and last written
// and, in PostgreSQL, the transactions that last wrote and locked it.
func (r *Road) Stamps(ctx context.Context, db warehouse.Driver, name string) ([][]string, error) {
	stream := r.stream(name)
	stamps, err := rows(ctx, db, stream, "created_in_sync", "synced_at")
	if err != nil || db.Dialect() != ledger.PostgreSQL {
		return stamps, err
	}
	return stamps, extend(ctx, db, stream, stamps, "'xmin=' || CAST(xmin AS text) || ' xmax=' || CAST(xmax AS text)")
}

// Diff says in what two contents differ, "" when in nothing.
func Diff(want, got Contents) string {
	if reflect.DeepEqual(want, got) {
		return "" // far sooner than cmp can tell
	}
	var out strings.Builder
	for _, part := range []struct {
		name      string
		want, got any
	}{{"rows", want.Rows, got.Rows}, {"quarantine", want.Quarantine, got.Quarantine}, {"issues", want.Issues, got.Issues}} {
		if diff := cmp.Diff(part.want, part.got); diff != "" {
			fmt.Fprintf(&out, "%s (-want +got):\n%s", part.name, diff)
		}
	}
	return out.String()
}

// rows reads all fields and further columns, in the order of the primary key.
func rows(ctx context.Context, db warehouse.Driver, stream crm.Stream, more ...string) ([][]string, error) {
	var columns []string
	for _, field := range stream.Fields {
		columns = append(columns, field.Column)
	}
	columns = append(columns, more...)
	dump, err := warehousetest.Dump(ctx, db, stream, columns...)
	if err != nil {
		return nil, err
	}
	for _, row := range dump {
		for n, value := range row {
			row[n] = columns[n] + "=" + value
		}
	}
	return dump, nil
}

// extend appends to each row what an expression in SQL says of it.
func extend(ctx context.Context, db warehouse.Driver, stream crm.Stream, rows [][]string, expression string) error {
	answer, err := db.Query(ctx, "SELECT "+expression+" FROM "+stream.Table+" ORDER BY "+strings.Join(stream.PrimaryKey, ", "))
	if err != nil {
		return err
	}
	defer answer.Close()
	for i := 0; i < len(rows) && answer.Next(); i++ {
		var text string
		if err := answer.Scan(&text); err != nil {
			return err
		}
		rows[i] = append(rows[i], text)
	}
	return answer.Err()
}

func quarantine(ctx context.Context, db warehouse.Driver, id crm.StreamID) ([]string, error) {
	entries, err := ledger.ListQuarantine(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream, Status: "open"})
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(entries))
	for i, entry := range entries {
		e, err := ledger.ShowQuarantine(ctx, db, entry.ID)
		if err != nil {
			return nil, err
		}
		texts[i] = fmt.Sprintf("%s %s %s field %q value %q cursor %s: %s", e.RecordID, e.Code, e.Reason, e.Field, e.Value, e.Cursor, e.Raw)
	}
	slices.Sort(texts)
	return texts, nil
}

func issues(ctx context.Context, db warehouse.Driver, id crm.StreamID) ([]string, error) {
	found, err := ledger.Issues(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream})
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(found))
	for i, issue := range found {
		texts[i] = fmt.Sprintf("%+v", issue.Issue)
	}
	slices.Sort(texts)
	return texts, nil
}
