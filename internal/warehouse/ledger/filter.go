package ledger

import (
	"strconv"
	"strings"
	"time"
)

// Filter says which rows to list. Zero values leave a condition out.
type Filter struct {
	Source   string // account
	Stream   string
	Status   string    // of a run or of a quarantine entry
	RecordID string    // of a quarantine entry or an issue
	After    int64     // rows with a greater id, for quarantine and issues: the next page
	Limit    int       // most rows; 0 means all
	Since    time.Time // runs that began at that instant or later
}

// clause collects conditions and their arguments.
type clause struct {
	conditions []string
	args       []any
}

// add appends a condition such as "id > ?"; the ? becomes the placeholder of
// value.
func (c *clause) add(condition string, value any) {
	c.args = append(c.args, value)
	c.conditions = append(c.conditions, strings.Replace(condition, "?", placeholder(len(c.args)), 1))
}

func (c *clause) addText(condition, value string) {
	if value != "" {
		c.add(condition, value)
	}
}

// where returns the conditions as a WHERE clause, or nothing.
func (c *clause) where() string {
	if len(c.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.conditions, " AND ")
}

func (f Filter) limit() string {
	if f.Limit <= 0 {
		return ""
	}
	return " LIMIT " + strconv.Itoa(f.Limit)
}
