package sqlite

import (
	"strings"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
)

// The days and the microseconds that have four digits for their year.
const (
	firstDay    = -719_162
	lastDay     = 2_932_896
	dayMicros   = 86_400_000_000
	firstMicros = firstDay * dayMicros
	lastMicros  = (lastDay+1)*dayMicros - 1
)

// mayMisfit reports whether the column may be unable to hold a value of type t.
func (s *slot) mayMisfit(t crm.Type) bool {
	switch a := s.column.affinity; {
	case s.standsIn && !s.declared, t == crm.TypeTimestamp, t == crm.TypeDate:
		return true
	case a == keeps, a == toTexts:
		return false
	case t == crm.TypeInteger || t == crm.TypeBoolean:
		return a != toNumbers && a != onlyIntegers
	default:
		return true
	}
}

// Fit changes to NULL what the real columns would change or refuse, and says
// so. Tables of Warren's own hold every instant of the years 1 to 9999 and
// everything else.
func (t *table) Fit(row *crm.Row) []crm.Issue {
	var issues []crm.Issue
	for _, i := range t.checks {
		s := &t.slots[i]
		v := row.Values[s.index]
		rule, message := s.misfit(v)
		if rule == "" {
			continue
		}
		instead := "NULL"
		if s.standsIn {
			instead = s.shownStandIn()
		}
		issues = append(issues, crm.Issue{
			RecordID: row.ID, Field: s.column.name, Column: s.column.name, Value: cutText(v.String(), crm.MaxIssueValue),
			Rule: rule, Effect: crm.EffectNulled, Message: message + "; stored as " + instead,
		})
		row.Values[s.index] = crm.Value{}
	}
	return issues
}

// misfit returns the rule that a value breaks in its column, and why; "" when
// the column holds it.
func (s *slot) misfit(v crm.Value) (rule, message string) {
	switch {
	case !v.Valid && s.standsIn && !s.declared:
		return "null", "the column takes no NULL, the record has no value"
	case !v.Valid:
		return "", ""
	case v.Type == crm.TypeTimestamp && (v.Int < firstMicros || v.Int > lastMicros),
		v.Type == crm.TypeDate && (v.Int < firstDay || v.Int > lastDay):
		return "range", "the year is not one of 1 to 9999"
	case !s.column.affinity.holds(bind(v, s.column.affinity)):
		return "type", "a column of type " + s.column.declared + " would change or refuse the value"
	default:
		return "", ""
	}
}

// Shape names the columns that may change or refuse values of their field,
// each with its type; "" when there is none.
func (t *table) Shape() string {
	var parts []string
	for _, i := range t.checks {
		s := &t.slots[i]
		f := t.stream.Fields[s.index]
		words := ""
		if !strings.EqualFold(s.column.declared, ownType(f.Type, t.rel.strict)) {
			words = " " + strings.ToLower(s.column.declared)
		}
		if s.standsIn && !s.declared {
			words += " not null"
		}
		if words != "" {
			parts = append(parts, s.column.name+words)
		}
	}
	return strings.Join(parts, ", ")
}

// cutText returns the first bytes of a text, whole characters only.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
