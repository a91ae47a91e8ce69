package warehouse

import "github.com/warren-sync/warren/internal/crm"

// Batch is what is written in one transaction.
type Batch struct {
	Rows       []crm.Row       // to be written; each with Values, no primary key twice
	Known      []crm.Version   // what the lookup said of each row; same length as Rows
	Rejects    []crm.Reject    // records that cannot be rows: they go into the quarantine
	Issues     [][]crm.Issue   // of each row; same length as Rows
	Unchanged  int64           // records that the lookup found to be unchanged
	Duplicates int64           // older copies of records in this batch
	Checkpoint *crm.Checkpoint // where the run can go on after this batch; nil leaves the last one
	Requests   int64           // answers that the run was made of so far
}

// Fetched returns the number of records that the batch accounts for (L2).
func (b *Batch) Fetched() int64 {
	return int64(len(b.Rows)) + int64(len(b.Rejects)) + b.Unchanged + b.Duplicates
}
