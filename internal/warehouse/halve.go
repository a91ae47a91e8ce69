package warehouse

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// passes is how often rows that were refused are tried again at most, each time
// that others of their batch have come in since: as deep as records of a batch
// that refer to one another may be.
const passes = 10

// halved writes a batch that holds a row which the database refuses: halves
// of it under savepoints, until only the refused rows are left out.
func (s *Session) halved(ctx context.Context, b *Batch) (Written, error) {
	var w Written
	err := s.driver.InTx(ctx, func(tx ledger.Conn) error {
		w = begin(b)
		w.Issues, w.Rejects = nil, append([]crm.Reject(nil), b.Rejects...)
		h := halving{Session: s, tx: tx, became: &w}
		if err := h.write(ctx, b); err != nil {
			return err
		}
		s.staged(&w, b)
		for i := range h.refused {
			w.Rejects = append(w.Rejects, s.reject(&h.refused[i]))
			w.Counts.Failed++
		}
		if err := s.deleteGone(ctx, tx, &w, b); err != nil {
			return err
		}
		return s.commit(ctx, tx, &w, b.cleans(h.written), b)
	})
	return w, err
}

// halving is a batch of which some rows are refused, under way.
type halving struct {
	*Session
	tx      ledger.Conn
	became  *Written
	written []crm.Row
	refused []refusal
}

type refusal struct {
	row    crm.Row
	issues []crm.Issue
	err    error // as the database has it
}

// write writes what the database takes. A row may have been refused only
// because one that it refers to came later: what is left is tried again for as
// long as that helps, the last one first.
func (h *halving) write(ctx context.Context, b *Batch) error {
	rows, issues := b.Rows, b.Issues
	for range passes {
		had := len(h.written)
		h.refused = nil
		if err := h.half(ctx, rows, issues); err != nil {
			return err
		}
		if len(h.refused) == 0 || len(h.written) == had {
			return nil
		}
		rows, issues = nil, nil
		for _, r := range slices.Backward(h.refused) {
			rows, issues = append(rows, r.row), append(issues, r.issues)
		}
	}
	return nil
}

func (h *halving) half(ctx context.Context, rows []crm.Row, issues [][]crm.Issue) error {
	if _, err := h.tx.Exec(ctx, "SAVEPOINT warren_half"); err != nil {
		return err
	}
	counts, err := h.target().Write(ctx, h.tx, rows)
	if err == nil {
		h.became.became(counts)
		written, theirs := accepted(rows, issues, h.target().Unchanged())
		h.became.Issues = append(h.became.Issues, theirs...)
		h.written = append(h.written, written...)
		_, err = h.tx.Exec(ctx, "RELEASE SAVEPOINT warren_half")
		return err
	}
	if !h.Session.refused(err) {
		return err
	}
	for _, statement := range []string{"ROLLBACK TO SAVEPOINT warren_half", "RELEASE SAVEPOINT warren_half"} {
		if _, err := h.tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if len(rows) == 1 {
		h.refused = append(h.refused, refusal{row: rows[0], issues: issues[0], err: err})
		return nil
	}
	middle := len(rows) / 2
	if err := h.half(ctx, rows[:middle], issues[:middle]); err != nil {
		return err
	}
	return h.half(ctx, rows[middle:], issues[middle:])
}

// reject is a refused row as it goes into the quarantine (L3).
func (s *Session) reject(r *refusal) crm.Reject {
	raw := r.row.Raw
	if r.row.Dirty != nil {
		raw = r.row.Dirty
	}
	return crm.Reject{
		ID: r.row.ID, Raw: raw, Code: crm.CodeRefusedValue, Reason: s.driver.Explain(r.err).Error(), Cursor: r.row.Cursor,
		Fetched: s.tools.Clock.Now(),
	}
}
