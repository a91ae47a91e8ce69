package postgres

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// quote returns a name for SQL, its parts from the widest to the narrowest.
func quote(parts ...string) string {
	var b strings.Builder
	for i, part := range parts {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(`"` + strings.ReplaceAll(part, `"`, `""`) + `"`)
	}
	return b.String()
}

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

// checkNames refuses names that the server would cut or not take.
func checkNames(stream crm.Stream) error {
	names := append([]string{stream.Table}, stream.PrimaryKey...)
	for _, f := range stream.Fields {
		names = append(names, f.Column)
	}
	for _, name := range names {
		if name != "" && len(name) <= maxIdentifier && !strings.ContainsRune(name, 0) {
			continue
		}
		return &crm.Error{
			Code: crm.CodeConfig, Origin: crm.OriginConfig,
			Message: "PostgreSQL takes no table or column named " + quote(name) + ": a name has 1 to 63 bytes",
			Fix:     "Give the column of stream " + stream.Name + " a shorter name in warren.yaml.",
		}
	}
	return layout.CheckKey(stream)
}
