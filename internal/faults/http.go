package faults

import (
	"net/http"
	"time"
)

// HTTPKind is what becomes of one call of a network.
type HTTPKind uint8

// The faults of a network.
const (
	Served      HTTPKind = iota // the call is answered by the source
	Answered                    // something before the source answers, with Status, Header and Body
	ResetBefore                 // the connection is reset, and the source never saw the call
	ResetAfter                  // the source answered, and the answer is lost
	CutBody                     // the body ends in the middle of its announced length
	CutUnknown                  // the body ends in the middle, and no length was announced
	SlowBody                    // the body comes in slowParts parts, with a Pause before each
	Unplugged                   // this call and every later one fails
)

// slowParts is in how many parts a slow body comes.
const slowParts = 8

// HTTPFault is what becomes of one call, and how.
type HTTPFault struct {
	Kind   HTTPKind
	Status int           // of Answered
	Header http.Header   // of Answered; may be nil
	Body   []byte        // of Answered
	Pause  time.Duration // of SlowBody
}

// Status answers a call with a status and no more.
func Status(status int) HTTPFault { return HTTPFault{Kind: Answered, Status: status} }

// TooMany answers with 429. retryAfter is the header Retry-After as it stands,
// in seconds, as an HTTP date (see RetryDate) or as nonsense; "" leaves it out.
func TooMany(retryAfter string) HTTPFault {
	f := HTTPFault{Kind: Answered, Status: http.StatusTooManyRequests}
	if retryAfter != "" {
		f.Header = http.Header{"Retry-After": {retryAfter}}
	}
	return f
}

// RetryDate writes an instant as Retry-After has it.
func RetryDate(at time.Time) string { return at.UTC().Format(http.TimeFormat) }

// Slow lets the body of an answer come with a pause before each part.
func Slow(pause time.Duration) HTTPFault { return HTTPFault{Kind: SlowBody, Pause: pause} }

// NetFailure is the error of a call that got no answer.
type NetFailure string

// The failures of a network.
const (
	Reset  NetFailure = "connection reset by peer"
	NoLink NetFailure = "network is unreachable"
)

// Error says what happened.
func (f NetFailure) Error() string { return string(f) }
