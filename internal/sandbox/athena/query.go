package athena

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
)

// state is how far a query is.
type state string

// The states, as AWS names them.
const (
	queued    state = "QUEUED"
	running   state = "RUNNING"
	succeeded state = "SUCCEEDED"
	failed    state = "FAILED"
	cancelled state = "CANCELLED"
)

func (s state) final() bool { return s == succeeded || s == failed || s == cancelled }

// failure is why a query failed.
type failure struct {
	reason string
	error  *athenaError // may be absent
}

// query is one query. What does not change after its start can be read freely,
// the rest belongs to the server's lock.
type query struct {
	id        string
	request   startRequest
	unload    bool
	submitted time.Time
	queueTime time.Duration
	queryTime time.Duration
	trapped   *failure // what the traps make of it
	scans     bool     // whether it reads before the trap strikes
	place     *place   // nil: the workgroup keeps the result
	cancel    context.CancelFunc
	scanned   atomic.Int64

	requeue  int // sights of RUNNING (2) and QUEUED (1) that are still to come
	stopped  time.Time
	ended    state // what it was seen to end as; ""
	done     bool
	finished time.Time
	failure  *failure
	columns  []sql.Column
	rows     int64
	manifest string
}

// state returns how far the query is at that time. A query that is done earlier
// than the traps allow does not show it. What has ended stays so, by whatever clock.
func (q *query) state(now time.Time) state {
	if q.ended != "" {
		return q.ended
	}
	shown := q.stateBy(now)
	if shown.final() {
		q.ended = shown
	}
	return shown
}

func (q *query) stateBy(now time.Time) state {
	began := q.submitted.Add(q.queueTime)
	switch {
	case !q.stopped.IsZero():
		return cancelled
	case now.Before(began):
		return queued
	case !q.done || now.Before(began.Add(q.queryTime)):
		return running
	case q.failure != nil:
		return failed
	}
	return succeeded
}

// sight returns the state for who asks for it: under the trap requeue RUNNING
// and QUEUED come first.
func (q *query) sight(now time.Time) state {
	switch q.requeue {
	case 2:
		q.requeue--
		return running
	case 1:
		q.requeue--
		return queued
	}
	return q.state(now)
}

// completed returns when the query came to its end.
func (q *query) completed() time.Time {
	if !q.stopped.IsZero() {
		return q.stopped
	}
	if due := q.submitted.Add(q.queueTime + q.queryTime); due.After(q.finished) {
		return due
	}
	return q.finished
}

// name returns what the result's object is called.
func (q *query) name() string {
	if q.unload {
		return q.id
	}
	return q.id + ".csv"
}

// output returns the address of the result, "" when it has none.
func (q *query) output() string {
	if q.place == nil {
		return ""
	}
	return q.place.url(q.name())
}

// describe fills in what GetQueryExecution tells of the query.
func (q *query) describe(shown state, workGroup string) *execution {
	e := &execution{
		ID: q.id, Query: q.request.QueryString, StatementType: "DML", SubstatementType: "SELECT", WorkGroup: workGroup,
		EngineVersion: engine(), QueryExecutionContext: q.request.QueryExecutionContext,
		Status: executionStatus{State: shown, SubmissionDateTime: epoch(q.submitted)},
	}
	if q.unload {
		e.SubstatementType = "UNLOAD"
	}
	if output := q.output(); output != "" {
		e.ResultConfiguration = &resultConfiguration{OutputLocation: output}
	} else {
		e.ManagedQueryResultsConfiguration = &managedConfiguration{Enabled: true}
	}
	e.Statistics.DataScannedInBytes = q.scanned.Load()
	e.Statistics.QueryQueueTimeInMillis = q.queueTime.Milliseconds()
	if !shown.final() {
		return e
	}
	completed := q.completed()
	at := epoch(completed)
	e.Status.CompletionDateTime = &at
	e.Statistics.TotalExecutionTimeInMillis = completed.Sub(q.submitted).Milliseconds()
	e.Statistics.EngineExecutionTimeInMillis = max(0, (completed.Sub(q.submitted) - q.queueTime).Milliseconds())
	e.Statistics.DataManifestLocation = q.manifest
	switch shown {
	case cancelled:
		e.Status.StateChangeReason = "Query cancelled by user"
	case failed:
		e.Status.StateChangeReason, e.Status.AthenaError = q.failure.reason, q.failure.error
	default:
	}
	return e
}
