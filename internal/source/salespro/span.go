package salespro

import (
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// where is the half-open span of time that is asked for. What a column cannot tell
// exactly it lets in: a row that is read once more costs nothing, and the engine
// leaves out what lies behind the end. A row without a time may have changed at any, so
// it is in every span: the column is scanned in any case. Where several rows have one
// key such a row is the oldest of them, and may be none that counts; read without the
// others it would take the place of a newer one (L9), so only whole reads have it.
func (c *connector) where(q *query, stream crm.Stream, req crm.Request, described athena.Table) []string {
	if stream.Cursor == "" || req.Since.IsZero() && req.Until.IsZero() {
		return nil
	}
	name, has := q.cursor(stream)
	if !has {
		q.note("the table %s has no column %s, so that all of it is read", stream.Name, name)
		return nil
	}
	kind := q.types[strings.ToLower(name)]
	var bounds, days []string
	if !req.Since.IsZero() {
		bounds = append(bounds, quote(name)+" >= "+notAfter(kind, req.Since))
		days = c.days(q, stream, req.Since, described.Partitions)
	}
	if !req.Until.IsZero() {
		bounds = append(bounds, quote(name)+" < "+notBefore(kind, req.Until))
	}
	span := strings.Join(bounds, " AND ")
	if q.key == "" {
		span = "(" + span + " OR " + quote(name) + " IS NULL)"
	}
	return append([]string{span}, days...)
}

// cursor is the column that says when a row changed.
func (q *query) cursor(stream crm.Stream) (name string, has bool) {
	field, _ := stream.Field(stream.Cursor)
	for _, path := range field.Paths {
		for _, selected := range q.columns {
			if selected == firstStep(path) {
				return selected, true
			}
		}
	}
	return stream.Cursor, false
}

// days leaves out the partitions of earlier days: all but one more, since who made
// them may have had another time zone.
func (c *connector) days(q *query, stream crm.Stream, since time.Time, partitions []athena.Column) []string {
	name := c.partitions[stream.Name]
	if name == "" {
		return nil
	}
	for _, p := range partitions {
		if !strings.EqualFold(p.Name, name) {
			continue
		}
		if len(partitions) > 1 && !strings.EqualFold(p.Type, "date") {
			q.note("the table %s has further partitions beside %s, which may be the day of a month, so that all days are scanned", stream.Name, name)
			return nil
		}
		day := since.UTC().AddDate(0, 0, -1)
		switch kind := strings.ToLower(p.Type); {
		case kind == "date":
			return []string{quote(p.Name) + " >= DATE '" + day.Format(time.DateOnly) + "'"}
		case strings.HasSuffix(kind, "int") || kind == "integer":
			return []string{quote(p.Name) + " >= " + day.Format("20060102")}
		default:
			return []string{quote(p.Name) + " >= '" + day.Format(time.DateOnly) + "'"}
		}
	}
	q.note("the table %s is not known to have the partitions %s, so that all days are scanned", stream.Name, name)
	return nil
}

const inMillis = "2006-01-02 15:04:05.000" // what the share has

// notAfter writes an instant as a literal for a column of that type, cut to what the
// column tells: it is never later. Of a text the day alone is compared, for a text
// with fewer digits behind its seconds would come before one with more.
func notAfter(kind string, t time.Time) string {
	if isDay(kind) {
		return day(kind, t.UTC())
	}
	return moment(kind, t.UTC().Truncate(time.Millisecond))
}

// notBefore is the other way round: it is never earlier.
func notBefore(kind string, t time.Time) string {
	if !isDay(kind) {
		return moment(kind, t.UTC().Add(time.Millisecond-1).Truncate(time.Millisecond))
	}
	return day(kind, t.UTC().Add(24*time.Hour-1))
}

// isDay reports whether a column is compared by the day alone.
func isDay(kind string) bool {
	return kind == "date" || kind == "string" || strings.HasPrefix(kind, "varchar") || strings.HasPrefix(kind, "char")
}

func isZoned(kind string) bool { return strings.HasSuffix(kind, "with time zone") }

func day(kind string, t time.Time) string {
	text := "'" + t.Format(time.DateOnly) + "'"
	if kind == "date" {
		return "DATE " + text
	}
	return text
}

func moment(kind string, t time.Time) string {
	zone := ""
	if isZoned(kind) {
		zone = " UTC"
	}
	return "TIMESTAMP '" + t.Format(inMillis) + zone + "'"
}
