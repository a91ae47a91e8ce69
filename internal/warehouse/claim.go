package warehouse

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Claim asks for a stream, for one run.
type Claim struct {
	ID         crm.StreamID
	SourceType string
	Stream     crm.Stream
	Endpoint   string
	Lease      time.Duration

	// Decide settles what the run will do from what is known of the stream.
	// It may be asked more than once and must answer from its argument alone.
	Decide func(State) Intent
}

// Intent is what a run is going to do, as its row in the history says.
type Intent struct {
	Mode         crm.Mode
	Since, Until time.Time
	Options      map[string]any // no secrets (L8)
}

// State is what was known of a stream when a session was opened.
type State struct {
	ledger.State
	Dead  []crm.Run // runs that had not ended, and are now closed as failed (L7)
	Shape string    // what the table's columns cannot hold (see Table.Shape), and how often it had lost some
	Empty bool      // the table holds no row
	Lost  []string  // columns that the table had no more, and that are added again
}

// Outcome is how a run ended.
type Outcome struct {
	Status    crm.Status
	Err       error      // why it did not end well, or is partial; nil if there is nothing to say
	Counts    crm.Counts // as the engine added them up; the ledger has its own (L2)
	Requests  int64
	Outside   int64      // records that lay outside the range asked for
	Bill      crm.Bill   // what the source charges for the whole run
	Rows      *int64     // rows in the table that are not missing, as they were counted; nil when they were not
	Check     *crm.Check // what a look at the source after the run found; nil when there was none
	Watermark time.Time  // where the watermark moves to (L1); zero leaves it
	Complete  *crm.Basis // the walk is complete, and was made with this; else nil
}

// Taken is what became of a stage.
type Taken struct {
	Keyless int64        // rows of the table that had no key, and are deleted
	Refused []crm.Reject // rows of the stage that the table does not take
}

// Written is what became of a batch.
type Written struct {
	Counts  crm.Counts
	Staged  crm.Counts    // rows that went into a stage: Swap counts them, when they come into the table
	Issues  [][]crm.Issue // of the rows that were written
	Rejects []crm.Reject  // of the batch, and those that the database refused
}
