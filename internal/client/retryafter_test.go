package client

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		text, date string
		want       time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"7", "", 7 * time.Second},
		{" 7 ", "", 7 * time.Second},
		{"1.5", "", 1500 * time.Millisecond},
		{"-7", "", 0},
		{"86399", "", maxAsked - time.Second},
		{"99999999999999999999", "", maxAsked},
		{"1e999", "", maxAsked},
		{"-1e999", "", 0},
		{"NaN", "", 0},
		{"soon", "", 0},
		{"7 seconds", "", 0},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sunday, 22-Nov-26 12:00:30 GMT", "", 30 * time.Second},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "", 0},
		{"Fri, 31 Dec 9999 23:59:59 GMT", "", maxAsked},
		// A local clock that is an hour off does no harm where the source tells its own.
		{"Sun, 22 Nov 2026 13:00:30 GMT", "Sun, 22 Nov 2026 13:00:00 GMT", 30 * time.Second},
		{"Sun, 22 Nov 2026 11:00:30 GMT", "Sun, 22 Nov 2026 11:00:00 GMT", 30 * time.Second},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "yesterday", 30 * time.Second},
	} {
		header := http.Header{"Retry-After": {test.text}, "Date": {test.date}}
		if got := retryAfter(header, now); got != test.want {
			t.Errorf("Retry-After %q with Date %q: %s, want %s", test.text, test.date, got, test.want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "120", "-1", "1e308", "0x1p-2", "inf", "Wed, 21 Oct 2015 07:28:00 GMT"} {
		f.Add(text, "Wed, 21 Oct 2015 07:28:00 GMT", int64(0))
		f.Add(text, "", int64(1<<62))
	}
	f.Fuzz(func(t *testing.T, text, date string, now int64) {
		header := http.Header{"Retry-After": {text}, "Date": {date}}
		if got := retryAfter(header, time.Unix(now, 0)); got < 0 || got > maxAsked {
			t.Errorf("Retry-After %q with Date %q: %s", text, date, got)
		}
	})
}
