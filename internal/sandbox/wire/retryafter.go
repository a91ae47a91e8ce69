package wire

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter is how a refusal tells when to come back. The zero value says one
// second.
type RetryAfter struct {
	None  bool          // no header at all
	Date  bool          // as an HTTP date; otherwise in whole seconds
	Delay time.Duration // 0 means one second
}

// ParseRetryAfter reads none, a time such as 2s, or date:5s.
func ParseRetryAfter(text string) (RetryAfter, error) {
	if text == "none" {
		return RetryAfter{None: true}, nil
	}
	rest, date := strings.CutPrefix(text, "date:")
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 {
		return RetryAfter{}, errors.New("must be none, a time such as 2s, or date:2s")
	}
	return RetryAfter{Date: date, Delay: d}, nil
}

// String writes a so that ParseRetryAfter reads it.
func (a RetryAfter) String() string {
	switch {
	case a.None:
		return "none"
	case a.Date:
		return "date:" + a.delay().String()
	}
	return a.delay().String()
}

func (a RetryAfter) delay() time.Duration {
	if a.Delay == 0 {
		return time.Second
	}
	return a.Delay
}

// Set puts the header; now is the time that the server believes in. Parts of a
// second are rounded up, so that who obeys comes late rather than early.
func (a RetryAfter) Set(h http.Header, now time.Time) {
	seconds := int64((a.delay() + time.Second - 1) / time.Second)
	switch {
	case a.None:
	case a.Date:
		h.Set("Retry-After", now.Add(a.delay()+time.Second-1).UTC().Format(http.TimeFormat))
	default:
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
}
