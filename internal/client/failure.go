package client

import (
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// failure is an attempt that brought no good answer, with what the decorators
// above judge need to know of it.
type failure struct {
	err     *crm.Error    // what the caller gets
	status  int           // 0 when there was no answer
	header  http.Header   // of the answer; nil when there was none
	asked   time.Duration // the pause that the source, or the open breaker, asks for; 0 for none
	outcome outcome       // what it says about the source's health
	again   bool          // whether another attempt within this call may help
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// outcome is what an attempt says about the source's health.
type outcome int

const (
	alive   outcome = iota // it answered, if only to refuse
	down                   // 5xx, network or timeout
	unknown                // nothing was sent, or the caller left before the end
)
