package athena

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/warren-sync/warren/internal/crm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	accessKey = "AKIAIOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	session   = "FwoGZXIvYXdzEBYaDExample/Session+Token=="
	token     = "0123456789abcdef0123456789abcdef"
	queryID   = "11111111-2222-3333-4444-555555555555"
	output    = "s3://results/acme/"
)

// answer is what the fake AWS says to one call.
type answer func(*http.Request) (*http.Response, error)

// fake is an AWS that plays a script for each operation; the last answer of one
// repeats. It speaks the wire of AWS: JSON 1.1 for Athena, REST for S3.
type fake struct {
	mu      sync.Mutex
	scripts map[string][]answer
	calls   []string // Operation, or GetObject bucket/key range
	bodies  map[string][]string
}

// play returns a fake on which a query is started, succeeds and has no file.
func play() *fake {
	f := &fake{scripts: map[string][]answer{}, bodies: map[string][]string{}}
	f.on("StartQueryExecution", member("QueryExecutionId", queryID))
	f.on("StopQueryExecution", body("{}"))
	return f
}

// on sets the answers to an operation.
func (f *fake) on(operation string, script ...answer) *fake {
	f.scripts[operation] = script
	return f
}

func (f *fake) RoundTrip(req *http.Request) (*http.Response, error) {
	name, _ := strings.CutPrefix(req.Header.Get("X-Amz-Target"), "AmazonAthena.")
	what := name
	if name == "" {
		name = map[string]string{"GET": "GetObject", "DELETE": "DeleteObject"}[req.Method]
		what = strings.TrimSpace(name + " " + strings.TrimPrefix(req.URL.Path, "/") + " " + req.Header.Get("Range"))
	}
	var text []byte
	if req.Body != nil {
		text, _ = io.ReadAll(req.Body)
	}
	f.mu.Lock()
	n := len(f.bodies[name])
	f.calls = append(f.calls, what)
	f.bodies[name] = append(f.bodies[name], string(text))
	script := f.scripts[name]
	object, _, _ := strings.Cut(what, " bytes=")
	if special := f.scripts[what]; special != nil { // of one object
		n, script = occurrences(f.calls, what)-1, special
	} else if special := f.scripts[object]; special != nil && object != name { // of any part of it
		n, script = occurrences(f.calls, object)-1, special
	}
	f.mu.Unlock()
	if len(script) == 0 {
		return nil, fmt.Errorf("the script has no answer to %s", what)
	}
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	resp, err := script[min(n, len(script)-1)](req)
	if resp != nil {
		resp.Request = req
	}
	return resp, err
}

func occurrences(list []string, what string) (n int) {
	for _, s := range list {
		if s == what || strings.HasPrefix(s, what+" bytes=") {
			n++
		}
	}
	return n
}

// made counts the calls of an operation.
func (f *fake) made(operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.bodies[operation])
}

// said returns the calls that begin with prefix.
func (f *fake) said(prefix string) (list []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.calls {
		if strings.HasPrefix(c, prefix) {
			list = append(list, c)
		}
	}
	return list
}

// input returns the n-th request of an operation.
func (f *fake) input(t *testing.T, operation string, n int) fields {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	var in fields
	if err := json.Unmarshal([]byte(f.bodies[operation][n]), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func reply(status int, header http.Header, content string) answer {
	if header == nil {
		header = http.Header{"Content-Type": {"application/x-amz-json-1.1"}}
	}
	return func(*http.Request) (*http.Response, error) {
		header := header.Clone()
		header.Set("Content-Length", strconv.Itoa(len(content)))
		return &http.Response{
			StatusCode:    status,
			Header:        header,
			Body:          io.NopCloser(strings.NewReader(content)),
			ContentLength: int64(len(content)),
		}, nil
	}
}

func body(content string) answer { return reply(200, nil, content) }

// member answers with an object of one member.
func jsonOf(name string, value any) string {
	text, err := json.Marshal(fields{name: value})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func member(name string, value any) answer { return body(jsonOf(name, value)) }

// refusal is an error of Athena.
func refusal(status int, code, message string, more ...string) answer {
	m := map[string]string{"__type": code, "message": message, "Message": message}
	for i := 0; i+1 < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	text, err := json.Marshal(m)
	if err != nil {
		return failing(err)
	}
	return reply(status, nil, string(text))
}

// s3Refusal is an error of S3.
func s3Refusal(status int, code, message string) answer {
	return reply(status, http.Header{"Content-Type": {"application/xml"}},
		"<?xml version=\"1.0\"?><Error><Code>"+code+"</Code><Message>"+message+"</Message><RequestId>1</RequestId></Error>")
}

func failing(err error) answer {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// hanging answers when its caller has left.
func hanging(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err()
}

// state is an answer to GetQueryExecution.
func state(s State, change func(q fields)) answer {
	q := fields{
		"QueryExecutionId":    queryID,
		"StatementType":       "DML",
		"SubstatementType":    "SELECT",
		"WorkGroup":           "primary",
		"ResultConfiguration": fields{"OutputLocation": output + queryID + ".csv"},
		"Status":              fields{"State": string(s), "SubmissionDateTime": 1700000000.25, "CompletionDateTime": 1700000002.5},
		"Statistics": fields{
			"DataScannedInBytes": 12_000_000, "EngineExecutionTimeInMillis": 1500,
			"QueryQueueTimeInMillis": 250, "TotalExecutionTimeInMillis": 2000,
		},
	}
	if change != nil {
		change(q)
	}
	return member("QueryExecution", q)
}

// fields are the members of an object on the wire.
type fields = map[string]any

// because makes a state say why.
func because(reason string, athenaError fields) func(q fields) {
	return func(q fields) {
		status := q["Status"].(fields)
		status["StateChangeReason"] = reason
		if athenaError != nil {
			status["AthenaError"] = athenaError
		}
	}
}

// table is an answer to GetQueryResults: names and types as name:type; NULL is
// written as NULL.
func table(next string, columns string, rows ...string) answer {
	var info, list []any
	for c := range strings.SplitSeq(columns, ",") {
		name, kind, _ := strings.Cut(c, ":")
		info = append(info, fields{"Name": name, "Label": name, "Type": kind, "Precision": 10, "Scale": 2})
	}
	for _, row := range rows {
		var data []any
		for v := range strings.SplitSeq(row, ",") {
			d := fields{}
			if v != "NULL" {
				d["VarCharValue"] = v
			}
			data = append(data, d)
		}
		list = append(list, fields{"Data": data})
	}
	out := fields{"ResultSet": fields{
		"Rows": slices.Concat([]any{}, list), "ResultSetMetadata": fields{"ColumnInfo": info},
	}}
	if next != "" {
		out["NextToken"] = next
	}
	text, err := json.Marshal(out)
	if err != nil {
		return failing(err)
	}
	return body(string(text))
}

// blob is an answer to GetObject, with ranges and If-Match as S3 has them.
type blob struct {
	text   string
	etag   string
	cut    int   // bytes after which the connection breaks; 0 for none
	broken error // what it breaks with; nil ends the body early
	stall  bool  // it does not break but falls silent

	sizeless bool // its size is not told
}

func (b blob) serve(req *http.Request) (*http.Response, error) {
	if b.etag == "" {
		b.etag = `"v1"`
	}
	if match := req.Header.Get("If-Match"); match != "" && match != b.etag {
		return s3Refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")(req)
	}
	from, end, status := 0, len(b.text), 200
	header := http.Header{"Etag": {b.etag}}
	if r := req.Header.Get("Range"); r != "" {
		to := 0
		n, err := fmt.Sscanf(r, "bytes=%d-%d", &from, &to)
		switch {
		case n == 2:
			end = min(to+1, end)
		case n == 0 && err != nil:
			return nil, err
		}
		if from >= len(b.text) {
			return s3Refusal(416, "InvalidRange", "The requested range is not satisfiable")(req)
		}
		status = 206
		header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, end-1, len(b.text)))
	}
	rest := b.text[from:end]
	if !b.sizeless {
		header.Set("Content-Length", strconv.Itoa(len(rest)))
	}
	var content io.Reader = strings.NewReader(rest)
	if b.cut > 0 && b.cut < len(rest) {
		end := b.broken
		if end == nil {
			end = io.EOF
		}
		content = io.MultiReader(strings.NewReader(rest[:b.cut]), &ending{ctx: req, stall: b.stall, err: end})
	}
	content = &living{req: req, content: content}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(content), ContentLength: int64(len(rest))}, nil
}

// living is a body that ends with the context of its request, as bodies do.
type living struct {
	req     *http.Request
	content io.Reader
}

func (l *living) Read(p []byte) (int, error) {
	if err := l.req.Context().Err(); err != nil {
		return 0, err
	}
	return l.content.Read(p)
}

// ending is how a body breaks.
type ending struct {
	ctx   *http.Request
	stall bool
	err   error
}

func (e *ending) Read([]byte) (int, error) {
	if e.stall {
		<-e.ctx.Context().Done()
		return 0, e.ctx.Context().Err()
	}
	return 0, e.err
}

// events collects what is observed.
type events struct {
	mu   sync.Mutex
	list []crm.Event
}

func (e *events) add(ev crm.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

// of returns the events of one kind.
func of[E crm.Event](e *events) (found []E) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ev := range e.list {
		if ev, ok := ev.(E); ok {
			found = append(found, ev)
		}
	}
	return found
}

// dial returns a client of f with the longest jitter, changed by change.
func dial(t testing.TB, f http.RoundTripper, change func(*Config)) *Client {
	t.Helper()
	c := config(f)
	if change != nil {
		change(&c)
	}
	client, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func config(f http.RoundTripper) Config {
	return Config{
		Source:       "acme",
		Region:       "us-east-1",
		AccessKey:    accessKey,
		SecretKey:    secretKey,
		SessionToken: session,
		Endpoint:     "https://aws.example.com",
		WorkGroup:    "sales",
		Database:     "salespro",
		Output:       "s3://results/acme",
		Transport:    f,
		Random:       func() float64 { return 1 },
		Hints: Hints{
			AccessKey: "ACME_KEY", SecretKey: "ACME_SECRET", Region: "ACME_REGION", Endpoint: "ACME_ENDPOINT",
			WorkGroup: "ACME_WORKGROUP", Database: "ACME_DATABASE", Output: "ACME_OUTPUT",
		},
	}
}

// mustFail fails unless err is a *crm.Error with code that says what failed, who
// and what to do, and holds no secret.
func mustFail(t *testing.T, err error, code crm.Code) {
	t.Helper()
	_ = explained(t, err, code)
}

// explained is mustFail that returns the error.
func explained(t *testing.T, err error, code crm.Code) *crm.Error {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %T is no *crm.Error: %v", err, err)
	}
	if e.Code != code {
		t.Fatalf("code %s, want %s: %v", e.Code, code, e)
	}
	if e.Message == "" || e.Fix == "" || e.Origin == "" {
		t.Errorf("error without message, fix or origin: %+v", *e)
	}
	mustHide(t, fmt.Sprintf("%v %+v %s %s", e, *e, e.Message, e.Fix))
	return e
}

// mustHide fails when text shows a secret.
func mustHide(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{secretKey, session, accessKey} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
}

// mustHave fails unless text holds every part.
func mustHave(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q does not say %q", text, p)
		}
	}
}

// show writes a row so that a test can be read.
func show(row []Cell) string {
	var list []string
	for _, c := range row {
		if c.Null() {
			list = append(list, "NULL")
		} else {
			list = append(list, "'"+string(c.Text)+"'")
		}
	}
	return strings.Join(list, " ")
}

// read reads a result to its end.
func read(t *testing.T, r *Rows) (rows []string, err error) {
	t.Helper()
	for r.Next(t.Context()) {
		rows = append(rows, show(r.Row()))
	}
	return rows, r.Err()
}

// done is a SELECT that ended well and lies in a file.
func done() Execution {
	return Execution{ID: queryID, State: Succeeded, Statement: "DML", Kind: "SELECT", Output: output + queryID + ".csv"}
}

// results opens a result.
func results(t *testing.T, c *Client, x Execution, o Options) *Rows {
	t.Helper()
	r, err := c.Results(t.Context(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

var errReset = errors.New("connection reset by peer")

func lines(n int, line func(i int) string) string {
	var text bytes.Buffer
	for i := range n {
		text.WriteString(line(i))
	}
	return text.String()
}
