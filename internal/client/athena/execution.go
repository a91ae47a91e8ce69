package athena

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// State is where a query stands. A query that runs may be queued again.
type State string

// The states of a query.
const (
	Queued    State = "QUEUED"
	Running   State = "RUNNING"
	Succeeded State = "SUCCEEDED"
	Failed    State = "FAILED"
	Cancelled State = "CANCELLED"
)

// Execution is a query that was started, as far as Athena told of it.
type Execution struct {
	ID        string
	State     State
	Statement string // DML, DDL or UTILITY; "" where Athena does not say
	Kind      string // SELECT, UNLOAD …; "" where Athena does not say
	WorkGroup string
	Output    string // the s3:// address of this query's result; "" where Athena keeps it to itself
	Manifest  string // the s3:// address of the list of files that it wrote; "" for none
	Scanned   int64  // bytes, also of a query that failed: what is paid for

	Looks int // how often Await looked at it: what had ended at the first look may have ended long ago

	Queued, Ran, Total   time.Duration
	Submitted, Completed time.Time // by Athena's clock; zero where it does not say

	reason  string // why the state is what it is, in Athena's words
	failure *types.AthenaError
}

// Ended reports whether the query is over, for good or ill: what it scanned then is
// what it costs.
func (x Execution) Ended() bool {
	return x.State == Succeeded || x.State == Failed || x.State == Cancelled
}

// execution asks how a query stands. Athena leaves out whatever it has nothing
// to say of, and others who speak its language leave out more.
func (c *Client) execution(ctx context.Context, id string) (Execution, error) {
	of := call{name: "GetQueryExecution", right: "athena:GetQueryExecution", on: "query " + id}
	return ask(ctx, c, of, func(ctx context.Context) (Execution, error) {
		out, err := c.athena.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: &id})
		if err != nil {
			return Execution{}, err
		}
		if out.QueryExecution == nil || out.QueryExecution.Status == nil || out.QueryExecution.Status.State == "" {
			return Execution{}, errEmpty
		}
		return newExecution(id, out.QueryExecution), nil
	})
}

func newExecution(id string, q *types.QueryExecution) Execution {
	x := Execution{
		ID:        id,
		State:     State(q.Status.State),
		Statement: string(q.StatementType),
		Kind:      aws.ToString(q.SubstatementType),
		WorkGroup: aws.ToString(q.WorkGroup),
		Submitted: aws.ToTime(q.Status.SubmissionDateTime),
		Completed: aws.ToTime(q.Status.CompletionDateTime),
		reason:    aws.ToString(q.Status.StateChangeReason),
		failure:   q.Status.AthenaError,
	}
	managed := q.ManagedQueryResultsConfiguration != nil && q.ManagedQueryResultsConfiguration.Enabled
	if q.ResultConfiguration != nil && !managed {
		x.Output = aws.ToString(q.ResultConfiguration.OutputLocation)
	}
	if s := q.Statistics; s != nil {
		x.Scanned = aws.ToInt64(s.DataScannedInBytes)
		x.Manifest = aws.ToString(s.DataManifestLocation)
		x.Queued = millis(s.QueryQueueTimeInMillis)
		x.Ran = millis(s.EngineExecutionTimeInMillis)
		x.Total = millis(s.TotalExecutionTimeInMillis)
	}
	return x
}

func millis(n *int64) time.Duration { return time.Duration(aws.ToInt64(n)) * time.Millisecond }

// inFile reports whether the result is a file of rows in S3: what is not a
// SELECT leaves text or a list of files.
func (x Execution) inFile() bool {
	return strings.HasSuffix(x.Output, ".csv") && !strings.HasSuffix(x.Output, "-manifest.csv")
}

// hasHeader reports whether the first page of the result may begin with the
// names of the columns.
func (x Execution) hasHeader() bool { return x.Statement != "DDL" && x.Statement != "UTILITY" }
