package athena

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// The bounds that AWS sets.
const (
	maxQuery = 262_144
	minToken = 32
	maxToken = 128
)

type startRequest struct {
	QueryString           string
	ClientRequestToken    string
	QueryExecutionContext queryContext
	ResultConfiguration   resultConfiguration
	WorkGroup             string
	ExecutionParameters   []string
}

type startAnswer struct {
	ID string `json:"QueryExecutionId"`
}

// start takes a query in and has it worked out.
func (s *Server) start(in startRequest) (*startAnswer, *fault) {
	if err := s.checkStart(in); err != nil {
		return nil, err
	}
	answer, work, err := s.admit(in)
	switch {
	case err != nil || work == nil:
	case s.cfg.AtOnce:
		work()
	default:
		s.running.Go(work)
	}
	return answer, err
}

// admit takes a query in; work is what is to be done for it. A token that was used
// before means the query that it was used for, if all else is the same.
func (s *Server) admit(in startRequest) (answer *startAnswer, work func(), err *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.tokens[in.ClientRequestToken]; in.ClientRequestToken != "" && before != nil {
		if !reflect.DeepEqual(before.request, in) {
			return nil, nil, invalidRequest("Idempotent parameters do not match")
		}
		return &startAnswer{before.id}, nil, nil
	}
	if s.traps.TooBusy > 0 && s.active() >= s.traps.TooBusy {
		return nil, nil, &fault{400, "TooManyRequestsException", "You have exceeded the limit for the number of queries you can run concurrently. Please reduce the number of concurrent queries submitted by this account.",
			map[string]any{"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"}}
	}
	to, err := s.placeFor(in.ResultConfiguration.OutputLocation)
	if err != nil {
		return nil, nil, err
	}
	q := s.newQuery(in, to)
	s.queries[q.id], s.order = q, append(s.order, q)
	if in.ClientRequestToken != "" {
		s.tokens[in.ClientRequestToken] = q
	}
	ctx, cancel := context.WithCancel(s.life)
	q.cancel = cancel
	return &startAnswer{q.id}, func() { s.work(ctx, q) }, nil
}

func (s *Server) checkStart(in startRequest) *fault {
	token := utf8.RuneCountInString(in.ClientRequestToken)
	switch {
	case in.QueryString == "" || len(in.QueryString) > maxQuery:
		return invalidRequest(fmt.Sprintf("queryString must have a length from 1 to %d bytes", maxQuery))
	case token > 0 && token < minToken:
		return constraint("clientRequestToken", fmt.Sprintf("greater than or equal to %d", minToken))
	case token > maxToken:
		return constraint("clientRequestToken", fmt.Sprintf("less than or equal to %d", maxToken))
	case len(in.ExecutionParameters) > 0:
		return invalidRequest("The sandbox takes no execution parameters")
	}
	return s.checkWorkGroup(in.WorkGroup)
}

func constraint(member, length string) *fault {
	return invalidRequest("1 validation error detected: Value at '" + member + "' failed to satisfy constraint: Member must have length " + length)
}

// active counts the queries that are queued or run.
func (s *Server) active() int {
	now, n := s.cfg.Clock.Now(), 0
	for _, q := range s.order {
		if !q.state(now).final() {
			n++
		}
	}
	return n
}

// placeFor decides where a result goes: nil if the workgroup keeps it.
func (s *Server) placeFor(asked string) (*place, *fault) {
	location := asked
	switch {
	case s.traps.Managed:
		return nil, nil
	case s.traps.Enforced || asked == "":
		location = s.groupOutput()
	}
	if location == "" {
		return nil, invalidRequest("No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.")
	}
	to, ok := parsePlace(location)
	if !ok {
		return nil, invalidRequest("outputLocation is not a valid S3 path.")
	}
	return &to, nil
}

// groupOutput is the workgroup's place for results. One that enforces its place
// has one.
func (s *Server) groupOutput() string {
	if s.cfg.Output == "" && s.traps.Enforced && len(s.cfg.Buckets) > 0 {
		return "s3://" + s.cfg.Buckets[0] + "/workgroup/"
	}
	return s.cfg.Output
}

func (s *Server) newQuery(in startRequest, to *place) *query {
	s.counted++
	q := &query{
		id: queryID(s.cfg.Seed, len(s.order)), request: in, place: to, submitted: s.cfg.Clock.Now(),
		queueTime: s.traps.QueueTime, queryTime: s.traps.QueryTime,
		unload: strings.HasPrefix(strings.ToUpper(strings.TrimSpace(in.QueryString)), "UNLOAD"),
	}
	q.trapped, q.scans = s.trapped(s.counted, in)
	if s.traps.Requeue {
		q.requeue = 2
	}
	return q
}

// queryID makes an id of the usual form.
func queryID(seed uint64, number int) string {
	r := people.NewRand(seed, 0xa7, uint64(number))
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a), uint16(a>>32), a>>52, 0x8000|b>>50, b&0xffff_ffff_ffff)
}

// trapped returns what the traps make of the query of that number, and whether
// it reads its data before.
func (s *Server) trapped(number int, in startRequest) (f *failure, scans bool) {
	t := &s.traps
	switch {
	case t.Failed.strikes(number):
		const reason = "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split: connection reset by peer"
		return &failure{reason, &athenaError{ErrorCategory: 1, ErrorType: 200, Retryable: true, ErrorMessage: reason}}, true
	case t.FailedBare.strikes(number):
		return &failure{reason: "GENERIC_INTERNAL_ERROR"}, true
	case t.Exhausted.strikes(number):
		const reason = "Query exhausted resources at this scale factor"
		return &failure{reason, &athenaError{ErrorCategory: 1, ErrorType: 1, ErrorMessage: reason}}, true
	case t.DeniedGlue.strikes(number):
		reason := "User: arn:aws:iam::123456789012:user/sandbox is not authorized to perform: glue:GetTable on resource: arn:aws:glue:" + Region +
			":123456789012:database/" + in.QueryExecutionContext.Database + " because no identity-based policy allows the glue:GetTable action"
		return &failure{reason, &athenaError{ErrorCategory: userError, ErrorType: 1008, ErrorMessage: reason}}, false
	case t.Slowdown.strikes(number):
		return &failure{reason: "HIVE_CURSOR_ERROR: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown; Request ID: 0000000000000001)"}, true
	}
	return nil, false
}
