package client

import (
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Refusal is an answer that is an error, as a source's own judgement gets to see
// it.
type Refusal struct {
	Status int
	Header http.Header
	Body   []byte        // at most 64 KiB, known secrets taken out
	Asked  time.Duration // the pause that Retry-After asks for; 0 for none
}

// Verdict is what a source knows of a refusal beyond its status. What is zero
// leaves the status to say.
type Verdict struct {
	Cause error    // the source's own words, for the chain of the error; no secrets (L8)
	Code  crm.Code // what kind of failure it is; Again, Message and Fix count only beside one
	Again bool     // whether another attempt within this call may help
	// Message says what failed, behind the account's name; "" says what was answered.
	Message string
	Fix     string
	Pause   time.Duration // how long to wait before another attempt, all calls of the class included
}

// apply lays the verdict over what the status says.
func (v Verdict) apply(f *failure, of call) {
	e := f.err
	if v.Cause != nil {
		e.Err = v.Cause
	}
	if v.Pause > 0 {
		f.asked = v.Pause
	}
	if v.Code == "" {
		return
	}
	e.Code, f.again = v.Code, v.Again
	e.Retryable = v.Again || v.Code == crm.CodeRateLimit || v.Code == crm.CodeDayLimit || v.Code == crm.CodeSourceDown
	if !e.Retryable {
		f.outcome = alive
	}
	if v.Message != "" {
		e.Message = of.source + " " + v.Message
	}
	if v.Fix != "" {
		e.Fix = v.Fix
	}
}
