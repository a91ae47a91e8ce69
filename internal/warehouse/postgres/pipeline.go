package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// errNoAnswer is a server that ends its answers too early.
var errNoAnswer = errors.New("the server left a statement without an answer")

// exec runs statements without parameters in one round trip, and returns how
// many rows the last one touched or found.
func (b *batch) exec(ctx context.Context, statements ...string) (int64, error) {
	tags, err := b.execAll(ctx, statements...)
	if err != nil {
		return 0, err
	}
	return tags[len(tags)-1].RowsAffected(), nil
}

// execAll runs statements without parameters in one round trip. Each is sent
// without a name, so that nothing of it stays on the connection.
func (b *batch) execAll(ctx context.Context, statements ...string) ([]pgconn.CommandTag, error) {
	p := b.conn.StartPipeline(ctx)
	for _, s := range statements {
		p.SendQueryParams(s, nil, nil, nil, nil)
	}
	return finish(p, len(statements), nil)
}

// finish sends the statements queued in p and hands each row of their answers to
// take, which may be nil. It returns their tags, or the first error, after all
// answers have been read.
func finish(p *pgconn.Pipeline, statements int, take func(statement int, answer [][]byte)) ([]pgconn.CommandTag, error) {
	tags := make([]pgconn.CommandTag, 0, statements)
	failed := p.Sync()
	for failed == nil && len(tags) < statements {
		var results any
		results, failed = p.GetResults()
		answer, ok := results.(*pgconn.ResultReader)
		if !ok {
			if failed == nil {
				failed = errNoAnswer
			}
			break
		}
		for answer.NextRow() {
			if take != nil {
				take(len(tags), answer.Values())
			}
		}
		var tag pgconn.CommandTag
		tag, failed = answer.Close()
		tags = append(tags, tag)
	}
	if err := p.Close(); failed == nil {
		failed = err
	}
	return tags, failed
}
