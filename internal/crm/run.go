package crm

import "time"

// Mode says which records a run asks for.
type Mode string

// The modes of a run.
const (
	ModeFull        Mode = "full"        // all records
	ModeIncremental Mode = "incremental" // those changed since the watermark
	ModeRange       Mode = "range"       // those changed between two given instants
	ModePicked      Mode = "picked"      // those of given primary keys
	ModeReplay      Mode = "replay"      // those in the quarantine
	ModeVerify      Mode = "verify"      // all or a sample, compared field by field
)

// Status is the state of a run, in the words of the history table.
type Status string

// The states of a run.
const (
	StatusRunning   Status = "running"
	StatusSuccess   Status = "success"
	StatusPartial   Status = "partial" // complete, but records are in the quarantine, deleted rows were not marked, or a look at the end found rows that are wrong
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
)

// Complete reports whether a run that ended so has done all that it was to do.
func (s Status) Complete() bool { return s == StatusSuccess || s == StatusPartial }

// Counts says what became of the records of a run (L2): each fetched record is
// counted once, so Fetched = Created + Updated + Unchanged + Failed + Duplicates.
type Counts struct {
	Fetched    int64 `json:"fetched"`
	Created    int64 `json:"created"`
	Updated    int64 `json:"updated"`
	Unchanged  int64 `json:"unchanged"`
	Failed     int64 `json:"failed"`
	Duplicates int64 `json:"duplicates"` // older copies of a record that came again in the same batch
	Issues     int64 `json:"issues"`     // of the records created and updated
	Deleted    int64 `json:"deleted"`    // rows that the source no longer has; not among the fetched
}

// Add adds other to c.
func (c *Counts) Add(other Counts) {
	c.Fetched += other.Fetched
	c.Created += other.Created
	c.Updated += other.Updated
	c.Unchanged += other.Unchanged
	c.Failed += other.Failed
	c.Duplicates += other.Duplicates
	c.Issues += other.Issues
	c.Deleted += other.Deleted
}

// Processed is the number of distinct records: what the old system called
// records_processed.
func (c Counts) Processed() int64 { return c.Created + c.Updated + c.Unchanged + c.Failed }

// Balanced reports whether L2 holds.
func (c Counts) Balanced() bool { return c.Fetched == c.Processed()+c.Duplicates }

// StreamID names a stream of one account; runs, watermarks and leases belong
// to it.
type StreamID struct {
	Source string // the account's name; the source's type unless warren.yaml names it otherwise
	Stream string // leads
}

// String returns source and stream with a space between, as log lines have it; of a
// whole account, which has no stream, the source alone.
func (id StreamID) String() string {
	if id.Stream == "" {
		return id.Source
	}
	return id.Source + " " + id.Stream
}

// Run is one sync of one stream, as the history tells it.
type Run struct {
	ID            int64
	StreamID      StreamID
	Endpoint      string
	Mode          Mode
	Status        Status
	Start         time.Time
	End           time.Time // zero while it runs
	Counts        Counts
	Requests      int64 // answers of the source that the run was made of
	Outside       int64 // records read that lie outside the range asked for; they are not among the fetched
	Bill          Bill  // what the source charges for the run
	Since, Until  time.Time
	Watermark     time.Time // the watermark that this run left; zero when it did not move it
	Check         *Check    // what a look at the source after the run found; nil when there was none
	ErrorCode     Code
	ErrorMessage  string
	Fix           string
	Configuration map[string]any // the options of the run; no secrets (L8)
}

// Duration returns how long the run took; for one that still runs, until now.
func (r *Run) Duration(now time.Time) time.Duration {
	if r.End.IsZero() {
		return now.Sub(r.Start)
	}
	return r.End.Sub(r.Start)
}
