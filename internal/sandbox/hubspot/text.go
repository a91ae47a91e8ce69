package hubspot

import (
	"encoding/json"
	"time"
)

// appendText appends any text as a JSON string.
func appendText(dst []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // a string always has a JSON form
	return append(dst, quoted...)
}

const isoLayout = "2006-01-02T15:04:05.000Z"

// isoTime writes ms since 1970 as the API writes instants.
func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format(isoLayout) }

// appendISO appends ms since 1970 as the API writes instants, without quotes.
func appendISO(dst []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(dst, isoLayout)
}
