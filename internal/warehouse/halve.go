package warehouse

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// halved writes a batch that holds a row which the database refuses: halves
// of it under savepoints, until only the refused rows are left out.
func (s *Session) halved(ctx context.Context, b *Batch) (Written, error) {
	var w Written
	err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
		w = begin(b)
		w.Issues, w.Rejects = nil, append([]crm.Reject(nil), b.Rejects...)
		var written []crm.Row
		if err := s.half(ctx, tx, b.Rows, b.Issues, &w, &written); err != nil {
			return err
		}
		return s.commit(ctx, tx, &w, written, b)
	})
	return w, err
}

func (s *Session) half(ctx context.Context, tx ledger.Conn, rows []crm.Row, issues [][]crm.Issue, w *Written, written *[]crm.Row) error {
	if _, err := tx.Exec(ctx, "SAVEPOINT warren_half"); err != nil {
		return err
	}
	counts, err := s.table.Write(ctx, tx, rows)
	if err == nil {
		w.became(counts)
		w.Issues = append(w.Issues, issues...)
		*written = append(*written, rows...)
		_, err = tx.Exec(ctx, "RELEASE SAVEPOINT warren_half")
		return err
	}
	if !s.refused(err) {
		return err
	}
	for _, statement := range []string{"ROLLBACK TO SAVEPOINT warren_half", "RELEASE SAVEPOINT warren_half"} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if len(rows) == 1 {
		row := &rows[0]
		raw := row.Raw
		if row.Dirty != nil {
			raw = row.Dirty
		}
		w.Rejects = append(w.Rejects, crm.Reject{
			ID: row.ID, Raw: raw, Code: crm.CodeRefusedValue, Reason: s.driver.Explain(err).Error(), Cursor: row.Cursor,
			Fetched: s.tools.Clock.Now(),
		})
		w.Counts.Failed++
		return nil
	}
	middle := len(rows) / 2
	if err := s.half(ctx, tx, rows[:middle], issues[:middle], w, written); err != nil {
		return err
	}
	return s.half(ctx, tx, rows[middle:], issues[middle:], w, written)
}
