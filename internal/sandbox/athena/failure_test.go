package athena

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

func TestWrongQueriesFailAsTheUsersFault(t *testing.T) {
	s := start(t, "")
	for query, reason := range map[string]string{
		`SELECT id FORM deals x`:               "SYNTAX_ERROR: line 1:16: mismatched input 'deals'",
		`SELECT nothing FROM deals`:            "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved",
		`SELECT id FROM nowhere`:               "TABLE_NOT_FOUND: line 1:16: Table 'awsdatacatalog.demo.nowhere' does not exist",
		`SELECT CAST(id AS bigint) FROM deals`: "INVALID_CAST_ARGUMENT: Cannot cast 'a1' to BIGINT",
	} {
		q := s.run(query)
		if q.Status.State != types.QueryExecutionStateFailed || !strings.HasPrefix(aws.ToString(q.Status.StateChangeReason), reason) {
			t.Errorf("%s: %s %s", query, q.Status.State, aws.ToString(q.Status.StateChangeReason))
			continue
		}
		if e := q.Status.AthenaError; e == nil || *e.ErrorCategory != userError || *e.ErrorType < 1000 || e.Retryable || *e.ErrorMessage != *q.Status.StateChangeReason {
			t.Errorf("%s: %+v", query, e)
		}
	}
	if got := s.Objects(); len(got) != 0 {
		t.Errorf("failed queries left %v", got)
	}
}
