package client

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxAsked bounds what Retry-After can mean; more than a day is taken for a
// mistake of the source.
const maxAsked = 24 * time.Hour

// retryAfter returns the pause that an answer asks for: zero or more, at most
// maxAsked, 0 when it asks for none. now is the local time.
//
// A date is read against the answer's own Date, so that a local clock that is
// wrong does no harm; without a Date, against now.
func retryAfter(header http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return boundSeconds(seconds)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	return min(max(until.Sub(now), 0), maxAsked)
}

func boundSeconds(seconds float64) time.Duration {
	switch {
	case math.IsNaN(seconds) || seconds <= 0:
		return 0
	case seconds >= maxAsked.Seconds():
		return maxAsked
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second)))
}
