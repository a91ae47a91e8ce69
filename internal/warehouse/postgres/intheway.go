package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
)

// holder is a session that has locks.
type holder struct {
	PID    int64
	Name   string // its application_name
	Role   string
	State  string // such as idle in transaction; "" where the role may not see it
	Since  *int64 // seconds, of its transaction; nil where the role may not see it
	Tables []string
	Writes bool // or changes the tables: else it reads, and is in the way of changes only
}

// InTheWay names the sessions that have locks on Warren's tables for at least as long as
// Warren waits for one, the longest first.
func (d *Driver) InTheWay(ctx context.Context, locked crm.Error) crm.Error {
	holders, err := d.holders(ctx)
	if err != nil || len(holders) == 0 {
		return locked // which says what it is without them
	}
	words := make([]string, len(holders))
	for i, h := range holders {
		words[i] = h.String()
	}
	locked.Message += ": " + strings.Join(words, "; ")
	locked.Fix = strings.Replace(locked.Fix, ended, fmt.Sprintf("%s (SELECT pg_terminate_backend(%d);)", ended, holders[0].PID), 1)
	return locked
}

// ended is how a Fix says what may become of a session.
const ended = "its role or a superuser end it"

func (d *Driver) holders(ctx context.Context) (holders []holder, err error) {
	const query = `
		SELECT a.pid::bigint, a.application_name, coalesce(a.usename::text, ''), coalesce(a.state, ''),
		       floor(extract(epoch FROM clock_timestamp() - a.xact_start))::bigint,
		       array_agg(DISTINCT c.relname::text), bool_or(l.mode <> 'AccessShareLock') AS writes
		FROM pg_catalog.pg_locks l
		JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
		JOIN pg_catalog.pg_class c ON c.oid = l.relation
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE l.granted AND a.datname = current_database() AND a.pid <> pg_backend_pid()
		    AND c.relkind IN ('r', 'p') AND n.nspname = ANY (current_schemas(false) || 'ingestion'::name)
		    AND (a.xact_start IS NULL OR a.xact_start <= clock_timestamp() - least(current_setting('lock_timeout')::interval, '` + alterPatience + `'::interval))
		GROUP BY a.pid, a.application_name, a.usename, a.state, a.xact_start
		ORDER BY writes DESC, a.xact_start LIMIT 3`
	err = d.on(ctx, func(s session) error {
		rows, err := s.Query(ctx, query)
		if err != nil {
			return err
		}
		holders, err = pgx.CollectRows(rows, pgx.RowToStructByPos[holder])
		return err
	})
	if readers := slices.IndexFunc(holders, func(h holder) bool { return !h.Writes }); readers > 0 {
		holders = holders[:readers] // whoever reads is rarely what is waited for
	}
	return holders, err
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
	since := ""
	if h.Since != nil {
		since = ", in a transaction for " + (time.Duration(*h.Since) * time.Second).String() + ","
	}
	return fmt.Sprintf("process %d (%s)%s holds locks on %s", h.PID, strings.Join(is, ", "), since, tables)
}
