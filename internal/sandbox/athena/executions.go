package athena

type executionRequest struct {
	ID string `json:"QueryExecutionId"`
}

type executionAnswer struct {
	QueryExecution *execution
}

type executionsRequest struct {
	IDs []string `json:"QueryExecutionIds"`
}

type unprocessed struct {
	ID           string `json:"QueryExecutionId"`
	ErrorCode    string
	ErrorMessage string
}

type executionsAnswer struct {
	Found   []*execution  `json:"QueryExecutions"`
	Unknown []unprocessed `json:"UnprocessedQueryExecutionIds"`
}

type nothing struct{}

// maxBatch is how many queries one call may ask for.
const maxBatch = 50

func (s *Server) execution(in executionRequest) (*executionAnswer, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[in.ID]
	if q == nil {
		return nil, unknownQuery(in.ID)
	}
	return &executionAnswer{s.describe(q)}, nil
}

func (s *Server) describe(q *query) *execution {
	return q.describe(q.sight(s.cfg.Clock.Now()), s.cfg.WorkGroup)
}

func (s *Server) executions(in executionsRequest) (*executionsAnswer, *fault) {
	if n := len(in.IDs); n < 1 || n > maxBatch {
		return nil, invalidRequest("queryExecutionIds must have from 1 to 50 members")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &executionsAnswer{Found: []*execution{}, Unknown: []unprocessed{}}
	for _, id := range in.IDs {
		if q := s.queries[id]; q != nil {
			out.Found = append(out.Found, s.describe(q))
			continue
		}
		out.Unknown = append(out.Unknown, unprocessed{id, "INVALID_INPUT", unknownQuery(id).text})
	}
	return out, nil
}

// stop cancels a query; one that has ended stays as it is.
func (s *Server) stop(in executionRequest) (nothing, *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queries[in.ID]
	if q == nil {
		return nothing{}, unknownQuery(in.ID)
	}
	if now := s.cfg.Clock.Now(); !q.state(now).final() {
		q.stopped, q.requeue = now, 0
		q.cancel()
	}
	return nothing{}, nil
}
