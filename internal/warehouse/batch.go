package warehouse

import (
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// Batch is what is written in one transaction.
type Batch struct {
	Rows       []crm.Row       // to be written; each with Values, no primary key twice
	Known      []crm.Version   // what the lookup said of each row; same length as Rows
	Rejects    []crm.Reject    // records that cannot be rows: they go into the quarantine
	Issues     [][]crm.Issue   // of each row; same length as Rows
	Unchanged  int64           // records that the lookup found to be unchanged
	Duplicates int64           // older copies of records in this batch
	Gone       []crm.Row       // rows whose records the source says are no more; with a Key only
	Hard       bool            // whether these are deleted, and not marked
	Checkpoint *crm.Checkpoint // where the run can go on after this batch; nil leaves the last one
	Requests   int64           // answers that the run was made of so far
	Bill       crm.Bill        // what the source charges for the run so far; zero leaves what is known
	Seen       []byte          // the records that the run was shown, as package seen writes them; nil where nobody will ask
}

// Reserve makes room for n rows at once.
func (b *Batch) Reserve(n int) {
	b.Rows, b.Known, b.Issues = slices.Grow(b.Rows, n), slices.Grow(b.Known, n), slices.Grow(b.Issues, n)
}

// Add adds a row to be written, with what the lookup said of it and what is
// wrong with it.
func (b *Batch) Add(row *crm.Row, known crm.Version, issues []crm.Issue) {
	b.Rows = append(b.Rows, *row)
	b.Known = append(b.Known, known)
	b.Issues = append(b.Issues, issues)
}

// cleans returns the rows whose earlier issues are of the past once those are
// written: they, and rows that are there no more.
func (b *Batch) cleans(written []crm.Row) []crm.Row {
	if !b.Hard {
		return written
	}
	return slices.Concat(written, b.Gone)
}

// Fetched returns the number of records that the batch accounts for (L2).
func (b *Batch) Fetched() int64 {
	return int64(len(b.Rows)) + int64(len(b.Rejects)) + b.Unchanged + b.Duplicates
}
