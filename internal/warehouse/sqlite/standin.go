package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// declaredStandIn returns what the stream says stands in for NULL in a column
// that takes none, or nil.
func declaredStandIn(f crm.Field) driver.Value {
	if !f.NotNull || f.Default == "" && f.Type != crm.TypeText {
		return nil
	}
	given := []byte(f.Default)
	switch f.Type {
	case crm.TypeInteger:
		if n, err := literal.Integer(given); err == nil {
			return n
		}
	case crm.TypeBoolean:
		if b, err := literal.Boolean(given); err == nil {
			return truth(b)
		}
	case crm.TypeDecimal:
		if plain, err := literal.Decimal(given, nil); err == nil {
			return number(plain)
		}
	case crm.TypeTimestamp:
		if micros, _, err := literal.Timestamp(given); err == nil {
			return time.UnixMicro(micros).UTC().Format(timestampLayout)
		}
	case crm.TypeDate:
		if days, err := literal.Date(given); err == nil {
			return crm.DateValue(days).Time().Format(time.DateOnly)
		}
	default:
		return f.Default
	}
	return nil
}

// shownStandIn says in an issue what stands in for NULL.
func (s *slot) shownStandIn() string {
	switch v := s.standIn.(type) {
	case nil:
		return "the time of the sync"
	case string:
		return quoteText(v)
	case []byte:
		return "an empty value"
	default:
		return fmt.Sprint(v)
	}
}

// neutral returns what fills a column that takes no NULL when nobody says
// with what: the zero of its type. nil means the time of the sync.
func (c *column) neutral() driver.Value {
	declared := strings.ToUpper(c.declared)
	switch {
	case strings.Contains(declared, "DATE") || strings.Contains(declared, "TIME"):
		return nil
	case strings.Contains(declared, "JSON"):
		return "{}"
	case c.affinity == toTexts:
		return ""
	case c.affinity == keeps || c.affinity == onlyBinary:
		return []byte{}
	default:
		return int64(0)
	}
}
