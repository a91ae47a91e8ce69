package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// holder is a session that has locks.
type holder struct {
	PID    int64
	Name   string // its application_name
	Role   string
	State  string // such as idle in transaction; "" where the role may not see it
	Since  int64  // seconds, of its transaction
	Tables []string
}

// InTheWay names the sessions that have locks on Warren's tables for at least as long as
// Warren waits for one, the longest first.
func (d *Driver) InTheWay(ctx context.Context) (string, error) {
	const query = `
		SELECT a.pid::bigint, a.application_name, coalesce(a.usename::text, ''), coalesce(a.state, ''),
		       floor(extract(epoch FROM clock_timestamp() - a.xact_start))::bigint,
		       array_agg(DISTINCT c.relname::text)
		FROM pg_catalog.pg_locks l
		JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
		JOIN pg_catalog.pg_class c ON c.oid = l.relation
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE l.granted AND l.mode <> 'AccessShareLock' AND a.datname = current_database() AND a.pid <> pg_backend_pid()
		    AND c.relkind IN ('r', 'p') AND n.nspname = ANY (current_schemas(false) || 'ingestion'::name)
		    AND a.xact_start <= clock_timestamp() - current_setting('lock_timeout')::interval
		GROUP BY a.pid, a.application_name, a.usename, a.state, a.xact_start
		ORDER BY a.xact_start LIMIT 3`
	var holders []holder
	err := d.on(ctx, func(s session) error {
		rows, err := s.Query(ctx, query)
		if err != nil {
			return err
		}
		holders, err = pgx.CollectRows(rows, pgx.RowToStructByPos[holder])
		return err
	})
	words := make([]string, len(holders))
	for i, h := range holders {
		words[i] = h.String()
	}
	return strings.Join(words, "; "), err
}

func (h holder) String() string {
	tables := strings.Join(h.Tables[:min(len(h.Tables), 3)], ", ")
	if more := len(h.Tables) - 3; more > 0 {
		tables += fmt.Sprintf(" and %d more", more)
	}
	is := []string{"role " + h.Role}
	for _, more := range []string{h.Name, h.State} {
		if more != "" {
			is = append(is, more)
		}
	}
	return fmt.Sprintf("process %d (%s), in a transaction for %s, holds locks on %s", h.PID, strings.Join(is, ", "), time.Duration(h.Since)*time.Second, tables)
}
