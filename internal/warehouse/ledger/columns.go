package ledger

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// Lost returns those of the columns that were written before, in the order given.
func (s *State) Lost(lacking []string) []string {
	return slices.DeleteFunc(slices.Clone(lacking), func(name string) bool { return !slices.Contains(s.Columns, name) })
}

// NoteLost notes that a stream's table lacks columns, before they are added to it, and
// returns those that were written before: what the rows had there is gone, and their
// fingerprints are to match no record any more. Whoever notes them a second time, before
// or after they were added, notes nothing. lacking tells what the table lacks: it is asked
// when nobody else can note that a column is written, for until then somebody may have
// made the table.
func NoteLost(ctx context.Context, db DB, id crm.StreamID, lacking func() ([]string, error)) (lost []string, err error) {
	err = db.InTx(ctx, func(tx Conn) error {
		s, _, err := readStream(ctx, tx, id, forUpdate(db.Dialect()))
		if err != nil || len(s.Columns) == 0 {
			return err
		}
		now, err := lacking()
		if err != nil {
			return err
		}
		if lost = s.Lost(now); len(lost) == 0 {
			return nil
		}
		left := slices.DeleteFunc(s.Columns, func(name string) bool { return slices.Contains(lost, name) })
		_, err = tx.Exec(ctx, `UPDATE warren_stream SET table_columns = $3, columns_lost = columns_lost + 1 WHERE source = $1 AND stream = $2`,
			id.Source, id.Stream, columnsText(left))
		return err
	})
	return lost, err
}

// with adds columns that are written from now on.
func with(columns, more []string) []string {
	columns = append(slices.Clone(columns), more...)
	slices.Sort(columns)
	return slices.Compact(columns)
}

// columnsText is a list of names as the column table_columns has it; nil of none.
func columnsText(columns []string) any {
	if len(columns) == 0 {
		return nil
	}
	text, _ := json.Marshal(columns) // of strings nothing fails
	return string(text)
}
