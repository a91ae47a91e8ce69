package sqlite

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Names of the columns that Warren adds to a stream's fields.
const (
	columnData    = "data"
	columnHash    = "warren_hash"
	columnSynced  = "synced_at"
	columnCreated = "created_in_sync"
)

// The bookkeeping columns of the old system had three names over time: when a
// row was last written, and when it came into being.
func writtenNames() []string { return []string{columnSynced, "updated_at", "sync_updated_at"} }
func createdNames() []string { return []string{columnCreated, "created_at", "sync_created_at"} }

// quote returns a name for SQL.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// quoteAll returns names for SQL, with commas between.
func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}

// quoteText returns a text for SQL.
func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// checkNames refuses names that SQLite does not take.
func checkNames(stream crm.Stream) error {
	names := append([]string{stream.Table}, stream.PrimaryKey...)
	for _, f := range stream.Fields {
		names = append(names, f.Column)
	}
	for _, name := range names {
		if name != "" && !strings.ContainsRune(name, 0) && !strings.HasPrefix(strings.ToLower(name), "sqlite_") {
			continue
		}
		return &crm.Error{
			Code: crm.CodeConfig, Origin: crm.OriginConfig,
			Message: "SQLite takes no table or column named " + quote(name),
			Fix:     "Give the column of stream " + stream.Name + " another name in warren.yaml.",
		}
	}
	if len(stream.PrimaryKey) == 0 {
		return &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarren,
			Message: "stream " + stream.Name + " declares no primary key",
			Fix:     "Report this as a fault of Warren.",
		}
	}
	return nil
}
