package athena

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
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

// An answer without end does not fill the memory (L11): it is asked for once, and what is
// wrong is said. One that is just as long as it may be is taken.
func TestL11AnAnswerHasABound(t *testing.T) {
	long := func(n int) string { return jsonOf("QueryExecutionId", queryID+strings.Repeat("x", n)) }
	most := int64(len(long(5000)))
	for name, c := range map[string]struct {
		call   string
		answer answer
		large  bool
		ask    func(*Client) error
	}{
		"as long as may be":     {"StartQueryExecution", body(long(5000)), false, askStart},
		"a byte longer":         {"StartQueryExecution", body(long(5001)), true, askStart},
		"without end":           {"StartQueryExecution", endless, true, askStart},
		"a refusal without end": {"StartQueryExecution", refusal(400, "InvalidRequestException", strings.Repeat("x", 9000)), true, askStart},
		"whole, and then more":  {"StartQueryExecution", body(long(10) + strings.Repeat(" ", 9000)), true, askStart},
		"a page of rows":        {"GetQueryResults", body(jsonOf("ResultSet", fields{"Rows": []fields{{"Data": []fields{{"VarCharValue": strings.Repeat("x", 9000)}}}}})), true, askPages},
		"a refusal of S3":       {"GetObject", s3Refusal(404, "NoSuchKey", strings.Repeat("x", 9000)), true, askFile},
	} {
		t.Run(name, func(t *testing.T) {
			f := play().on(c.call, c.answer)
			err := c.ask(dial(t, f, func(config *Config) { config.MaxAnswer = most }))
			if !c.large {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if e := explained(t, err, crm.CodeTooLarge); e.Retryable || !strings.Contains(e.Message, c.call) || !strings.Contains(e.Message, "more than 5.1 kB") {
				t.Errorf("%+v", e)
			}
			if n := f.made(c.call); n != 1 {
				t.Errorf("it was asked for %d times", n)
			}
		})
	}
}

func askStart(c *Client) error {
	_, err := c.Start(context.Background(), Query{Text: "SELECT 1", Token: token})
	return err
}

func askPages(c *Client) error {
	_, err := c.Results(context.Background(), Execution{ID: queryID, State: Succeeded}, Options{Mode: Pages})
	return err
}

func askFile(c *Client) error {
	o := c.newObject(context.Background(), place{bucket: "results", key: "x.csv"})
	defer o.close()
	return o.open()
}

// endless answers with a text that has no end.
func endless(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}}, ContentLength: -1,
		Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"QueryExecutionId":"`), letters{})),
	}, nil
}

// letters are without number.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// A file may be longer than any answer: it is read as a stream.
func TestL11AFileHasNoBound(t *testing.T) {
	text := strings.Repeat("x", 9000)
	f := play().on("GetObject", reply(200, http.Header{"Etag": {`"1"`}}, text))
	o := dial(t, f, func(c *Config) { c.MaxAnswer = 100 }).newObject(t.Context(), place{bucket: "results", key: "x.csv"})
	defer o.close()
	if got, err := io.ReadAll(o); err != nil || string(got) != text {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
