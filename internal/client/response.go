package client

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Response is a whole answer.
type Response struct {
	Status int // 200, 304 with an empty body, or what the question accepts
	Header http.Header
	Body   []byte // to its end, decompressed, exactly as the source sent it

	call call
}

// Date returns the source's clock when it answered, in UTC and whole seconds;
// zero when the answer does not say.
func (r *Response) Date() time.Time {
	t, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// JSON returns nil when the body begins and ends like a JSON object or array,
// else a *crm.Error with CodeBadAnswer that says what the body is instead: a
// login page or a gateway's remark often comes with 200. It does not parse
// what lies between. A web page, an empty body and a cut one are Retryable: a
// gateway may show its page for a moment only. A 304 has no body: look at
// Status first.
func (r *Response) JSON() error {
	body := bytes.TrimSpace(r.Body)
	if n := len(body); n >= 2 && (body[0] == '{' && body[n-1] == '}' || body[0] == '[' && body[n-1] == ']') {
		return nil
	}
	e := &crm.Error{Code: crm.CodeBadAnswer, Origin: crm.OriginSource}
	if len(body) > 0 {
		e.Err = errors.New(r.call.quote(r.call.body(body), 80))
	}
	e.Fix = "Is the base URL right? " + r.call.checkURL()
	const smaller = "Try again; if it stays so, ask for smaller pages."
	title, page := webPage(body)
	e.Retryable = page
	switch {
	case len(body) == 0:
		e.Message, e.Retryable = r.call.says("an empty body where JSON was expected"), true
		e.Fix = smaller
	case page && title != "":
		e.Message = r.call.says(fmt.Sprintf("a web page titled %q", r.call.quote(title, 80)))
	case page:
		e.Message = r.call.says("a web page without a title")
	case body[0] == '{' || body[0] == '[':
		e.Message, e.Retryable = r.call.says("JSON that is cut off"), true
		e.Fix = smaller
	default:
		e.Message = r.call.says("something that is not JSON")
	}
	return e
}
