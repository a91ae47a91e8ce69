package engine

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Job is one stream to sync.
type Job struct {
	ID         crm.StreamID
	SourceType string // salesrabbit
	Endpoint   string // where the source is read, for the history; no secret in it (L8)
	Stream     crm.Stream
	Connector  crm.Connector
	Processor  processor.Options // Shape is filled in from the table
	Deletes    crm.DeletePolicy  // what becomes of rows that the source no longer has
	Ask        Ask

	// MaxScan returns how many bytes the source may scan and charge for, 0 for no bound,
	// or why the run is to scan none. It is asked when the run has the stream and knows
	// its mode, before anything else; begun says that the run reads on in what an earlier
	// run paid for. nil is no bound.
	MaxScan func(ctx context.Context, mode crm.Mode, begun bool) (int64, error)

	// Open takes the stream (L7) and opens the warehouse for this run. For a
	// dry run it gives a session that writes nothing (L6).
	Open func(context.Context, warehouse.Claim) (Session, error)
}

// basis is what a run of the job is made with.
func (j *Job) basis(s warehouse.State) crm.Basis {
	o := j.Processor
	o.Shape = s.Shape
	b := crm.Basis{Endpoint: j.Endpoint, Account: j.Stream.Account, Mapping: processor.Mapping(j.Stream, o)}
	if was := s.Basis; b.Account == "" && was != nil && was.Endpoint == b.Endpoint {
		b.Account = was.Account // a token that may not ask whose records these are does not make it unknown
	}
	return b
}

// unasked is why the source cannot be read, where that is known already; else nil. Such a
// run is in the history and changes nothing else: nobody has described its stream, whose
// mapping may seem to be another one for that.
func (j *Job) unasked() error {
	u, _ := j.Connector.(crm.Unasked)
	return u.Why
}

// Ask is what the user wants of a run.
type Ask struct {
	Full       bool      // all records, whatever the watermark
	Since      time.Time // a range from here; zero for none
	Until      time.Time // a range up to here, exclusive; zero for none
	MaxRecords int64     // stop after so many records; 0 for no bound
	BatchSize  int       // records a transaction
	DryRun     bool
	Verify     bool          // compare all records with their rows, field by field; with DryRun only tell, without it mend
	Sample     int           // with Verify, compare about so many records instead of all; 0 for all
	Look       int           // records to read again and compare when a walk has ended; 0 for none
	Additive   bool          // what is shown is not all there is, although nothing ends it early: a row that is not shown is not gone
	Picked     []string      // only the records of these primary keys, as text; none for all
	Replay     bool          // the connector reads the quarantine and not the source
	Restart    bool          // do not go on from a checkpoint
	Overlap    time.Duration // how far before the last change the next run begins (L1)
}

// Session is the warehouse during one run. warehouse.Session writes,
// warehouse.DryRun only looks.
type Session interface {
	// State is what was known of the stream when the session was opened.
	State() warehouse.State
	// RunID is the run's number in the history; 0 on a dry run.
	RunID() int64
	Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error
	Fit(row *crm.Row) []crm.Issue
	// Ahead is how many batches may be begun beside the one that is written, and Begin
	// tells of the batch that Write will be given after those under way.
	Ahead() int
	Begin(ctx context.Context, b *warehouse.Batch)
	Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error)
	// Count returns how many rows of the table are not marked as missing.
	Count(ctx context.Context) (int64, error)
	// Absent calls begin, and then absent with every row that is not marked as
	// missing and whose record was not shown since the walk began. It may start
	// anew.
	Absent(ctx context.Context, walk int64, begin func(), absent func(crm.Row) error) (warehouse.Counted, error)
	// Delete marks rows as deleted, or deletes them.
	Delete(ctx context.Context, rows []crm.Row, hard bool) (warehouse.Written, error)
	// Stage lets what is written from here on go into a table beside the stream's,
	// which Swap puts in its place: the rows that were not shown since the walk of
	// that run began are deleted, unless it is 0, and those that were written come in
	// and are counted.
	Stage()
	Swap(ctx context.Context, walk int64) (warehouse.Written, error)
	// Compare reports what the table holds otherwise than Write would store it.
	Compare(ctx context.Context, rows []crm.Row) ([][]crm.FieldDifference, error)
	// Held returns those of the ids that are in the quarantine.
	Held(ctx context.Context, ids []string) (map[string]bool, error)
	Beat(ctx context.Context) error
	Finish(ctx context.Context, o warehouse.Outcome) (crm.Run, error)
}
