package athena

import (
	"io"
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
)

// wire sends a request and tells of it. The transport is called directly, not
// through http.Client, so that no redirect is followed: AWS answers with one
// where the region is wrong, which a person should know.
type wire struct {
	transport http.RoundTripper
	source    string
	clock     crm.Clock
	observe   func(crm.Event)
}

// Do is the SDK's HTTPClient.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		req.Body = plainBody{req.Body}
	}
	start := w.clock.Now()
	resp, err := w.transport.RoundTrip(req)
	made := crm.CallMade{Source: w.source, Duration: w.clock.Now().Sub(start)}
	if resp != nil {
		made.Status = resp.StatusCode
	}
	w.observe(made)
	return resp, err
}

// plainBody hides that a body can write itself. The SDK closes the body of a
// request as soon as the answer begins, and one that is then asked to write
// itself says io.EOF, which net/http takes for a failure: it looks once more for
// bytes beyond the announced ones, and where the answer was quicker than that
// look it closes the connection under the answer.
type plainBody struct{ io.ReadCloser }
