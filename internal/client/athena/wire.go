package athena

import (
	"errors"
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
	maxAnswer int64 // bytes of an answer that is read whole
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
	if resp != nil && !isFile(req, resp) {
		resp.Body = &boundedBody{ReadCloser: resp.Body, left: w.maxAnswer}
	}
	return resp, err
}

// isFile reports whether an answer is a file in S3: it is read as a stream, and may be
// of any length. All others are read whole.
func isFile(req *http.Request, resp *http.Response) bool {
	return req.Method == http.MethodGet && resp.StatusCode/100 == 2
}

// errTooLarge is an answer with more bytes than Config.MaxAnswer.
var errTooLarge = errors.New("the answer is too large")

// boundedBody fails behind so many bytes (L11). An answer that breaks off there is none:
// what was read of it may look whole.
type boundedBody struct {
	io.ReadCloser

	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}

// plainBody hides that a body can write itself. The SDK closes the body of a
// request as soon as the answer begins, and one that is then asked to write
// itself says io.EOF, which net/http takes for a failure: it looks once more for
// bytes beyond the announced ones, and where the answer was quicker than that
// look it closes the connection under the answer.
type plainBody struct{ io.ReadCloser }
