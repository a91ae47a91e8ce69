package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// statement is a prepared statement on the driver's own interface, with room
// for its arguments and its answer that is used again and again.
type statement struct {
	stmt  driver.Stmt
	exec  driver.StmtExecContext
	query driver.StmtQueryContext
	args  []driver.NamedValue
	dest  []driver.Value
}

// prepare prepares a statement with so many arguments and columns. The
// statement belongs to the connection, and must be closed before it is given
// back.
func prepare(ctx context.Context, conn driver.Conn, sql string, args, columns int) (*statement, error) {
	preparer, ok := conn.(driver.ConnPrepareContext)
	if !ok {
		return nil, errNotSQLite
	}
	stmt, err := preparer.PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	s := &statement{stmt: stmt, args: make([]driver.NamedValue, args), dest: make([]driver.Value, columns)}
	for i := range s.args {
		s.args[i].Ordinal = i + 1
	}
	var canExec, canQuery bool
	s.exec, canExec = stmt.(driver.StmtExecContext)
	s.query, canQuery = stmt.(driver.StmtQueryContext)
	if !canExec || !canQuery {
		return nil, errors.Join(errNotSQLite, stmt.Close())
	}
	return s, nil
}

// run executes the statement and returns the number of rows that it touched.
// ctx should be one that does not end: to watch one that may costs a goroutine
// a row, and a row takes microseconds.
func (s *statement) run(ctx context.Context) (int64, error) {
	result, err := s.exec.ExecContext(ctx, s.args)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// first stores the first row of the answer in dest, and reports whether there
// is one.
func (s *statement) first(ctx context.Context) (bool, error) {
	answer, err := s.query.QueryContext(ctx, s.args)
	if err != nil {
		return false, err
	}
	err = answer.Next(s.dest)
	if closing := answer.Close(); err == nil {
		return true, closing
	}
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return false, err
}

func (s *statement) close() error { return s.stmt.Close() }
