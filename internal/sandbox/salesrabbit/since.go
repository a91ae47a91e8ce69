package salesrabbit

import (
	"net/http"
	"strings"
	"time"
)

// sinceLayouts are the forms of an instant that the API understands, in headers
// and in the query.
var sinceLayouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999-07:00-07:00", // an offset that was added twice
	time.DateTime,
	time.DateOnly,
	http.TimeFormat,
	time.RFC1123Z,
}

// parseSince returns the first whole second that is not before the instant in
// text, or 0 when it says none: what the API does not understand, it ignores.
// exclusive leaves out the very second that was named.
func parseSince(text string, exclusive bool) int64 {
	text = strings.TrimSpace(text)
	if len(text) > 10 && text[10] == 'T' {
		text = strings.ReplaceAll(text, " ", "+") // a + that was not escaped in a query
	}
	for _, layout := range sinceLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		second := t.Unix()
		if exclusive || t.Nanosecond() > 0 {
			second++
		}
		return max(second, 1)
	}
	return 0
}
