package crm

import "time"

// Event is something that happened during a run. Logs, progress and later the
// dashboard and the alerts listen; nothing that listens can change the run.
type Event interface{ event() }

// RunStarted opens a run.
type RunStarted struct {
	ID      StreamID
	RunID   int64 // 0 for a dry run
	Mode    Mode
	Since   time.Time
	Until   time.Time
	Resumed bool      // goes on where an earlier run stopped
	Begun   time.Time // when that run began to read, by the source's clock; zero unless Resumed
	DryRun  bool
}

// PageFetched tells of one answer of the source.
type PageFetched struct {
	ID      StreamID
	Records int
	Bytes   int64
	Total   int64 // records of the whole walk, where known; else 0
	First   bool  // the first page of the run
	Last    bool  // the last one
}

// BatchWritten tells of a batch that is durable.
type BatchWritten struct {
	ID     StreamID
	Counts Counts // of this batch
}

// IssueFound tells of something wrong with one value.
type IssueFound struct {
	ID    StreamID
	Issue Issue
}

// RecordFailed tells of a record that went into the quarantine.
type RecordFailed struct {
	ID     StreamID
	Reject Reject
}

// RetryScheduled tells that a call failed and will be tried again.
type RetryScheduled struct {
	Source  string
	Attempt int // the one that failed, from 1
	Wait    time.Duration
	Err     error
	Held    bool // nothing was sent: the source is left alone, as BreakerOpened told
}

// BreakerOpened tells, once for all who call it, that a source that keeps failing is left
// alone for a while.
type BreakerOpened struct {
	Source   string
	Failures int       // in a row
	Since    time.Time // of the first of them
	Until    time.Time // when it is tried again
	Err      error     // the last of them
}

// BreakerClosed tells that a source that was left alone gives good answers again.
type BreakerClosed struct {
	Source string
	Down   time.Duration // since the first failure
}

// RateWaited tells of a call that is held back so as not to overrun the
// source.
type RateWaited struct {
	Source string
	Wait   time.Duration
	Rate   float64 // calls a second that are allowed now
}

// CallMade tells of one HTTP call, retries included.
type CallMade struct {
	Source   string
	Status   int // 0 when there was no answer
	Duration time.Duration
}

// SchemaChanged tells that a stream's fields are not what they were, and what was
// done about it.
type SchemaChanged struct {
	ID       StreamID
	Field    SchemaField
	Was      Type // of a field that changed its type
	Reaction Reaction
}

// RowDiffers tells of a row that is not what the source says.
type RowDiffers struct {
	ID      StreamID
	Finding Finding
}

// Notice is a remark that a person should see, such as a run that was found
// dead.
type Notice struct {
	ID      StreamID
	Message string
	Fix     string
}

// RunFinished closes a run.
type RunFinished struct {
	ID     StreamID
	Run    Run
	DryRun bool
	Err    error
}

func (RunStarted) event()     {}
func (PageFetched) event()    {}
func (BatchWritten) event()   {}
func (IssueFound) event()     {}
func (RecordFailed) event()   {}
func (RetryScheduled) event() {}
func (BreakerOpened) event()  {}
func (BreakerClosed) event()  {}
func (RateWaited) event()     {}
func (CallMade) event()       {}
func (SchemaChanged) event()  {}
func (RowDiffers) event()     {}
func (Notice) event()         {}
func (RunFinished) event()    {}
