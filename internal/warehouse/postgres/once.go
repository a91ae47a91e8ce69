package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Preparing a statement takes a round trip of its own, which pays off with its second
// use. Of a short run most statements have one. So a statement goes out unprepared the
// first time that a connection has it.

// session is one connection, as statements are sent on it.
type session struct{ conn *pgx.Conn }

func (s session) Query(ctx context.Context, query string, args ...any) (pgx.Rows, error) {
	return s.conn.Query(ctx, query, s.mode(query, args)...) //nolint:rowserrcheck // whoever reads the rows asks for it
}

func (s session) QueryRow(ctx context.Context, query string, args ...any) pgx.Row {
	return s.conn.QueryRow(ctx, query, s.mode(query, args)...)
}

func (s session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := s.conn.Exec(ctx, query, s.mode(query, args)...)
	return tag.RowsAffected(), err
}

// sent is what a connection has had so far, among its custom data.
const sent = "warren_sent"

// mostSent is how many statements are remembered of a connection (L11). What comes
// later is prepared at once.
const mostSent = 256

// mode puts the way to send a statement before its arguments, where that is not the
// connection's usual one.
func (s session) mode(query string, args []any) []any {
	if s.conn.Config().DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		return args
	}
	data := s.conn.PgConn().CustomData()
	had, ok := data[sent].(map[string]struct{})
	if !ok {
		had = map[string]struct{}{}
		data[sent] = had
	}
	if _, again := had[query]; again || len(had) == mostSent {
		return args
	}
	had[query] = struct{}{}
	return append([]any{pgx.QueryExecModeExec}, args...)
}
