// Package replay reads the quarantine back: what could not be written is the source
// of a run of its own, and what that run could write is closed.
package replay

import (
	"context"
	"iter"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Source is a connector that reads records back out of the quarantine.
type Source struct {
	DB      warehouse.Driver
	Entries []ledger.Entry // without their bytes, which are read when their turn comes (L11)
}

// Check has nothing to ask.
func (Source) Check(context.Context, crm.Stream) error { return nil }

// Read yields the entries one by one, since one record may be large. Its errors are
// *crm.Error.
func (s Source) Read(ctx context.Context, _ crm.Stream, _ crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for i, e := range s.Entries {
			entry, err := ledger.ShowQuarantine(ctx, s.DB, e.ID)
			if err != nil {
				yield(crm.Page{}, s.DB.Explain(err))
				return
			}
			page := crm.Page{Records: [][]byte{entry.Raw}, Bytes: entry.Size, Last: i == len(s.Entries)-1, Total: int64(len(s.Entries))}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// Close closes the entries whose records the run has written, or did not need to. One
// that failed again is open as an entry of that run. Its error is a *crm.Error.
func (s Source) Close(ctx context.Context, run int64, now time.Time) error {
	for _, e := range s.Entries {
		entry, err := ledger.ShowQuarantine(ctx, s.DB, e.ID)
		if err != nil {
			return s.DB.Explain(err)
		}
		closedBefore := entry.Status != ledger.EntryOpen && entry.ClosedBy != run
		failedAgain := entry.Status == ledger.EntryOpen && entry.RunID == run
		if closedBefore || failedAgain {
			continue
		}
		if err := ledger.MarkReplayed(ctx, s.DB, e.ID, run, now); err != nil {
			return s.DB.Explain(err)
		}
	}
	return nil
}
