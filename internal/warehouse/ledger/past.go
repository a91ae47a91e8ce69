package ledger

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// pastTable is a table in which the old system kept its history, and how a
// row of it proves that a stream was complete.
//
// A run proves the instant at which it started. The old system itself took
// the end, and lost what changed in between (L1).
type pastTable struct {
	names      []string // the first that exists
	sourceType string   // whose history it is; "" tells all apart by crm_source
	success    string   // status of a run that ended well
	started    string   // column: when the run started
	ended      string   // column that must not be NULL; "" for none
	options    string   // column: JSON of the run's options
}

// pastTables lists the old system's tables, by its versions.
func pastTables() []pastTable {
	return []pastTable{
		{
			names:   []string{historyTable, "sync_history", "orchestration.sync_history"},
			success: "success", started: "start_time", ended: "end_time", options: "configuration",
		},
		{
			names: []string{oldHistoryTable}, sourceType: oldHistorySource,
			success: "completed", started: "created_at", options: "query_params",
		},
	}
}

// pastRows is how many successful runs are looked at for one that proves
// something.
const pastRows = 100

// pastWatermark returns the watermark that the old system's history proves
// for a stream of which the ledger knows nothing yet, or zero. That history
// belongs to the account that has its type's name.
func pastWatermark(ctx context.Context, conn Conn, dialect Dialect, c Claim, migrated bool) (time.Time, error) {
	if !strings.EqualFold(c.ID.Source, c.SourceType) {
		return time.Time{}, nil
	}
	var best time.Time
	for _, table := range pastTables() {
		if table.sourceType != "" && table.sourceType != c.SourceType {
			continue
		}
		proven, err := table.watermark(ctx, conn, dialect, c, migrated)
		if err != nil {
			return time.Time{}, err
		}
		if proven.After(best) {
			best = proven
		}
	}
	return best, nil
}

func (t pastTable) watermark(ctx context.Context, conn Conn, dialect Dialect, c Claim, migrated bool) (time.Time, error) {
	name, err := t.find(ctx, conn, dialect)
	if err != nil || name == "" {
		return time.Time{}, err
	}
	var w clause
	w.add("status = ?", t.success)
	if t.ended != "" {
		w.conditions = append(w.conditions, t.ended+" IS NOT NULL")
	}
	if t.sourceType == "" {
		w.add("crm_source = ?", strings.ToLower(c.SourceType))
		if migrated && name == historyTable {
			// Warren's own rows say which stream they belong to.
			w.conditions = append(w.conditions, "source IS NULL")
		}
	}
	// A run of the old system that could not fetch ended well with no record
	// (L3), so a row without records proves nothing.
	w.conditions = append(w.conditions, "records_processed > 0")
	types := make([]string, 0, 8)
	for _, old := range oldTypes(c) {
		w.args = append(w.args, old)
		types = append(types, placeholder(len(w.args)))
	}
	w.conditions = append(w.conditions, "lower(sync_type) IN ("+strings.Join(types, ", ")+")")
	return t.newest(ctx, conn, `SELECT `+t.started+`, COALESCE(CAST(`+t.options+` AS text), '') FROM `+name+w.where()+
		` ORDER BY `+t.started+` DESC`+Filter{Limit: pastRows}.limit(), w.args)
}

// newest returns the start of the first run that read the whole stream, or
// all that had changed.
func (t pastTable) newest(ctx context.Context, conn Conn, query string, args []any) (time.Time, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return time.Time{}, err
	}
	defer rows.Close()
	for rows.Next() {
		var started time.Time
		var options string
		if err := rows.Scan(&started, &options); err != nil {
			return time.Time{}, err
		}
		if !limited(options) {
			return started.UTC(), nil
		}
	}
	return time.Time{}, rows.Err()
}

// find returns the name under which the table exists with the columns that
// are needed, or "".
func (t pastTable) find(ctx context.Context, conn Conn, dialect Dialect) (string, error) {
	needed := []string{"sync_type", "status", "records_processed", t.started, t.options}
	if t.ended != "" {
		needed = append(needed, t.ended)
	}
	if t.sourceType == "" {
		needed = append(needed, "crm_source")
	}
	for _, name := range t.names {
		r, err := describe(ctx, conn, dialect, name)
		if err != nil {
			return "", err
		}
		if t.sourceType != "" && !r.table {
			continue // the view on the common history
		}
		if r.has(needed...) {
			return name, nil
		}
	}
	return "", nil
}

// oldTypes lists what the old system called the stream: its name then and
// now, in the singular too, each with and without the suffix _sync.
func oldTypes(c Claim) []string {
	var types []string
	for _, name := range []string{c.ID.Stream, c.HistoryName} {
		name = strings.TrimSuffix(strings.ToLower(name), "_sync")
		for _, form := range []string{name, strings.TrimSuffix(name, "s")} {
			if form != "" && !slices.Contains(types, form) {
				types = append(types, form, form+"_sync")
			}
		}
	}
	return types
}

// limited reports whether the options of a run of the old system say that it
// left something out or wrote nothing: that system let dry and capped runs
// count as complete ones. Options may be JSON inside a JSON string. Rows that
// Warren appended say which run they are; what they prove is in the ledger.
func limited(options string) bool {
	var inner string
	if json.Unmarshal([]byte(options), &inner) == nil {
		options = inner
	}
	var values map[string]any
	if json.Unmarshal([]byte(options), &values) != nil {
		return false
	}
	for _, key := range []string{"dry_run", "max_records", "since", "start_date", "until", "end_date", "warren_run"} {
		switch v := values[key].(type) {
		case nil:
		case bool:
			if v {
				return true
			}
		case float64:
			if v != 0 {
				return true
			}
		case string:
			if !slices.Contains([]string{"", "0", "false", "none", "null"}, strings.ToLower(v)) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
