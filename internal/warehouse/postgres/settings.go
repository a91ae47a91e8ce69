package postgres

import (
	"context"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// settings is what a session of Warren needs of the server. Which of it the server offers
// is asked once, for the question costs more than all the answers.
type settings struct {
	mu      sync.Mutex
	asked   bool
	offered []setting
}

type setting struct {
	Name  string
	Value string // quoted
}

// apply sets what a session of Warren needs, for the session or for the transaction
// under way: behind a pooler the session is not ours.
func (s *settings) apply(ctx context.Context, conn *pgx.Conn, local, readOnly bool) error {
	offered, err := s.of(ctx, conn)
	if err != nil {
		return err
	}
	set := "SET "
	if local {
		set = "SET LOCAL "
	}
	var statements []string
	for _, o := range offered {
		if !local || !o.ofSession() {
			statements = append(statements, set+o.Name+" = "+o.Value)
		}
	}
	if readOnly && !local {
		statements = append(statements, "SET default_transaction_read_only = on")
	}
	if len(statements) == 0 {
		return nil
	}
	err = conn.PgConn().Exec(ctx, strings.Join(statements, "; ")).Close()
	if err != nil { // another server than the one that was asked, maybe
		s.forget()
	}
	return err
}

func (s *settings) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = false
}

// ofSession reports whether a setting makes sense for a whole session only: before its
// first temporary table, outside of transactions, and in transactions other than those of
// InTx, which have a patience of their own.
func (s setting) ofSession() bool {
	return s.Name == "temp_buffers" || s.Name == "lock_timeout" || s.Name == "idle_in_transaction_session_timeout"
}

// of asks which settings the server offers. default_toast_compression came with
// PostgreSQL 14, lz4 is a choice at its build. What the address itself sets stands. The
// idle timeout is the one of a migration, which waits in one transaction for another.
func (s *settings) of(ctx context.Context, conn *pgx.Conn) ([]setting, error) {
	const query = `
		SELECT s.name, quote_literal(v.value)
		FROM (VALUES
			('default_toast_compression', 'lz4'),
			('temp_buffers', '32MB'),
			('client_min_messages', 'warning'),
			('bytea_output', 'hex'),
			('lock_timeout', '` + lockPatience + `'),
			('idle_in_transaction_session_timeout', '10min')
		) AS v(name, value)
		JOIN pg_catalog.pg_settings s ON s.name = v.name
		WHERE (s.enumvals IS NULL OR v.value = ANY (s.enumvals)) AND s.source <> 'client'`
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked {
		return s.offered, nil
	}
	rows, err := conn.Query(ctx, query, pgx.QueryExecModeExec)
	if err != nil {
		return nil, err
	}
	if s.offered, err = pgx.CollectRows(rows, pgx.RowToStructByPos[setting]); err != nil {
		return nil, err
	}
	s.asked = true
	return s.offered, nil
}
