package athena

import (
	"io"
	"net/http"
	"testing"
)

// net/http looks for bytes beyond the announced ones of a request's body, and
// the SDK may have closed it by then: that must not look like a failure, or the
// connection is closed under the answer.
func TestTrapTheAnswerIsQuickerThanTheRequest(t *testing.T) {
	var sent io.Reader
	f := play().on("StartQueryExecution", func(req *http.Request) (*http.Response, error) {
		sent = req.Body
		return member("QueryExecutionId", queryID)(req)
	})
	if _, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token}); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, sent); n != 0 || err != nil {
		t.Errorf("behind the end of the body come %d bytes and %v", n, err)
	}
}
