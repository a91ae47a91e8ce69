package sql

import (
	"errors"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

var errNoTime = errors.New("no time")

func parseDate(text string) (table.Value, error) {
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	if err != nil {
		return table.Value{}, errNoTime
	}
	return table.Date(day), nil
}

// parseTimestamp reads 2020-02-07 14:15:20.384, with or without a zone behind
// it, which makes it a timestamp with time zone. The seconds, their fraction and
// the time of day may be missing.
func parseTimestamp(text string) (table.Value, table.Type, error) {
	text = strings.TrimSpace(text)
	clock, zone := text, ""
	if day, rest, timed := strings.Cut(text, " "); timed {
		if end := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("0123456789:.", r) }); end >= 0 {
			clock, zone = day+" "+rest[:end], strings.TrimSpace(rest[end:])
		}
	}
	offset, known := table.Offset(zone)
	if zone != "" && !known {
		return table.Value{}, table.Type{}, errNoTime
	}
	for _, layout := range []string{"2006-1-2 15:4:5", "2006-1-2 15:4", time.DateOnly} {
		t, err := time.Parse(layout, clock)
		switch {
		case err != nil:
		case zone == "":
			return table.Time(t), table.Simple(table.TimestampKind), nil
		default:
			return table.ZonedTime(t.Add(-time.Duration(offset)*time.Second), zone), table.Simple(table.ZonedKind), nil
		}
	}
	return table.Value{}, table.Type{}, errNoTime
}

// fromISO reads 2020-02-07T14:15:20.384Z and its shorter forms; without a zone
// it is UTC.
func fromISO(text string) (table.Value, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		zone := "UTC"
		if _, offset := t.Zone(); offset != 0 {
			zone = t.Format("-07:00")
		}
		return table.ZonedTime(t, zone), nil
	}
	return table.Value{}, &Error{Code: "INVALID_FUNCTION_ARGUMENT", Text: `Invalid format: "` + text + `"`}
}
