package ledger

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Claim asks for a stream, for one run.
type Claim struct {
	ID          crm.StreamID
	SourceType  string // salesrabbit
	HistoryName string // sync_type in the history when not the stream's name
	Owner       Owner
	Endpoint    string
	Lease       time.Duration // how long the claim outlives the last Beat
	LastFull    bool          // whether State.LastFull is wanted
	Columns     []string      // that the run writes

	// Decide settles what the run will do from what is known of the stream.
	// It may be asked more than once and must answer from its argument alone.
	Decide func(State) Intent
}

// Intent is what a run is going to do, as its row in the history says.
type Intent struct {
	Mode          crm.Mode
	Since, Until  time.Time      // zero means no bound
	Configuration map[string]any // the run's options; no secrets (L8)
}

// Held is a stream that this process may sync.
type Held struct {
	Run   crm.Run   // its row in the history, running
	State State     // where the run starts from
	Dead  []crm.Run // runs that had not ended, and are now closed as failed

	// How many open entries and issues the stream has: while there are none,
	// Commit need not look for those to clean up.
	OpenQuarantine int64
	OpenIssues     int64
}
