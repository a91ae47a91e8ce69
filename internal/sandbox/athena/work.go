package athena

import (
	"context"
	"fmt"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/store"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// The numbers of an AthenaError for a query that is wrong.
const (
	userError = 2    // the category
	wrongSQL  = 1301 // the type
)

// outcome is what has become of the work.
type outcome struct {
	columns  []sql.Column
	rows     int64
	manifest string
	failure  *failure
}

// work runs a query to its end.
func (s *Server) work(ctx context.Context, q *query) {
	defer q.cancel()
	out, err := s.execute(ctx, q)
	if err != nil && out.failure == nil {
		out.failure = explain(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q.done, q.finished = true, s.cfg.Clock.Now()
	q.columns, q.rows, q.manifest, q.failure = out.columns, out.rows, out.manifest, out.failure
}

// explain makes a failure of an error.
func explain(err error) *failure {
	if sql.IsUser(err) {
		return &failure{err.Error(), &athenaError{ErrorCategory: userError, ErrorType: wrongSQL, ErrorMessage: err.Error()}}
	}
	return &failure{reason: "GENERIC_INTERNAL_ERROR: " + err.Error()}
}

func (s *Server) execute(ctx context.Context, q *query) (outcome, error) {
	if q.trapped != nil && !q.scans {
		return outcome{failure: q.trapped}, nil
	}
	if q.place != nil && !s.objects.HasBucket(q.place.bucket) {
		return outcome{failure: &failure{
			reason: "Unable to verify/create output bucket " + q.place.bucket,
			error:  &athenaError{ErrorCategory: userError, ErrorType: 1001, ErrorMessage: "Unable to verify/create output bucket " + q.place.bucket},
		}}, nil
	}
	st, err := sql.Parse(q.request.QueryString)
	if err != nil {
		return outcome{}, err
	}
	plan, err := sql.NewPlan(st, s.cfg.Catalog, q.request.QueryExecutionContext.Database)
	if err != nil {
		return outcome{}, err
	}
	if q.trapped != nil {
		err := plan.Run(ctx, &q.scanned, func([]table.Value) error { return nil })
		return outcome{failure: q.trapped}, err
	}
	if plan.Unload != nil {
		return s.unload(ctx, q, plan)
	}
	return s.selectInto(ctx, q, plan)
}

// selectInto writes the result of a SELECT, and the metadata beside it.
func (s *Server) selectInto(ctx context.Context, q *query, plan *sql.Plan) (outcome, error) {
	out := outcome{columns: plan.Columns}
	w, err := s.resultWriter(q)
	if err != nil {
		return out, err
	}
	buf := appendHeader(nil, plan.Columns)
	if _, err := w.Write(buf); err != nil {
		w.Abort()
		return out, err
	}
	err = plan.Run(ctx, &q.scanned, func(row []table.Value) error {
		out.rows++
		buf = appendRow(buf[:0], plan.Columns, row)
		_, err := w.Write(buf)
		return err
	})
	if err != nil {
		w.Abort()
		return out, err
	}
	if err := w.Commit(); err != nil {
		return out, err
	}
	return out, s.writeMetadata(q, q.name()+".metadata")
}

func (s *Server) resultWriter(q *query) (*store.Writer, error) {
	if q.place == nil {
		return s.private.Create(privateBucket, q.name())
	}
	return s.objects.Create(q.place.bucket, q.place.at(q.name()))
}

// writeMetadata writes the object of which nobody knows how to read it.
func (s *Server) writeMetadata(q *query, name string) error {
	if q.place == nil {
		return nil
	}
	w, err := s.objects.Create(q.place.bucket, q.place.at(name))
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\x08\x05\x12\x24%s\x1a\x00", q.id); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}
