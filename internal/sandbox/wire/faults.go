package wire

import (
	"math"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/trap"
)

// Faults is what goes wrong between a client and any CRM. The zero value is a
// faultless wire.
type Faults struct {
	Latency     time.Duration // every call waits so long before it is answered
	Rate        float64       // calls a second; those above are refused with 429
	TooMany     When          // calls refused with 429
	RetryAfter  RetryAfter    // what refusals (429 and 503) say
	Broken      When          // calls answered with 500
	Unavailable When          // calls answered with 503
	HTML        When          // calls answered with 200 and a page for people instead of JSON
	Truncate    When          // calls whose body ends in the middle, short of its declared length
	Reset       When          // calls whose connection is reset; on a kept one, Go's client tries again by itself
	Slow        time.Duration // every body trickles in over so long
	Gzip        bool          // bodies are compressed for clients that accept it
	Skew        time.Duration // the Date header is so far off the clock
	Expire      int           // the token is good for so many calls, then 401
}

// FaultDefs declares the switches of Faults.
func FaultDefs() []trap.Def[Faults] {
	return []trap.Def[Faults]{
		trap.Duration("latency", "every call waits so long before its answer", 0, func(f *Faults) *time.Duration { return &f.Latency }),
		trap.Number("rate", "calls above so many a second are refused with 429", 1e6, func(f *Faults) *float64 { return &f.Rate }),
		WhenDef("429", "calls are refused with 429", func(f *Faults) *When { return &f.TooMany }),
		trap.Of("retryafter", "what a 429 or 503 says in Retry-After: none, seconds as in 2s, or an HTTP date as in date:2s",
			func(f *Faults) *RetryAfter { return &f.RetryAfter }, ParseRetryAfter, RetryAfter.String),
		WhenDef("500", "calls fail with 500", func(f *Faults) *When { return &f.Broken }),
		WhenDef("503", "calls fail with 503", func(f *Faults) *When { return &f.Unavailable }),
		WhenDef("html", "calls are answered with 200 and HTML instead of JSON", func(f *Faults) *When { return &f.HTML }),
		WhenDef("truncate", "bodies end in the middle, short of their Content-Length", func(f *Faults) *When { return &f.Truncate }),
		WhenDef("reset", "the connection is reset instead of an answer", func(f *Faults) *When { return &f.Reset }),
		trap.Duration("slow", "every body trickles in over so long", 0, func(f *Faults) *time.Duration { return &f.Slow }),
		trap.Bool("gzip", "bodies are compressed for clients that accept it", func(f *Faults) *bool { return &f.Gzip }),
		trap.Duration("skew", "the Date header is so far ahead of the clock, or behind it if negative", math.MinInt64,
			func(f *Faults) *time.Duration { return &f.Skew }),
		trap.Count("expire", "the token expires after so many calls: 401", func(f *Faults) *int { return &f.Expire }),
	}
}

// buffered reports whether a fault needs the whole body before it is sent.
func (f *Faults) buffered() bool { return f.Gzip || f.Slow > 0 }
