package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// waitForLock returns once some session of the database waits for a lock. It
// asks again and again; each question is answered by the server's own state.
func waitForLock(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	for waiting := false; !waiting; {
		err := conn.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
}
