package sqlite

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

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
	return layout.CheckKey(stream)
}
