package salespro

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warren-sync/warren/internal/crm/crmtest"
	"github.com/warren-sync/warren/internal/sandbox/athena/athenatest"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// testStart is the newest time in the data of the tests; their clock starts a day
// later.
var testStart = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// site is a server under test.
type site struct {
	*Server
	t     *testing.T
	url   string
	clock *crmtest.Clock
}

func start(t *testing.T, cfg Config) *site {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	c := crmtest.NewClock(testStart.Add(24 * time.Hour))
	cfg.Seed, cfg.Start, cfg.Clock = 7, testStart, c
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &site{Server: s, t: t, url: web.URL, clock: c}
}

// csv runs a query as a client does and returns its result file.
func (s *site) csv(query string) string {
	s.t.Helper()
	cfg := aws.Config{
		HTTPClient: athenatest.HTTPClient(),
		Region:     Region, BaseEndpoint: aws.String(s.url), Credentials: credentials.NewStaticCredentialsProvider(DefaultAccessKey, DefaultSecretKey, ""),
	}
	client := athena.NewFromConfig(cfg)
	started, err := client.StartQueryExecution(s.t.Context(), &athena.StartQueryExecutionInput{
		QueryString: &query, WorkGroup: aws.String(WorkGroup), QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String(s.Database())},
		ResultConfiguration: &types.ResultConfiguration{OutputLocation: aws.String(s.Output() + "athena-results/")},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for {
		out, err := client.GetQueryExecution(s.t.Context(), &athena.GetQueryExecutionInput{QueryExecutionId: started.QueryExecutionId})
		if err != nil {
			s.t.Fatal(err)
		}
		switch q := out.QueryExecution; q.Status.State {
		case types.QueryExecutionStateSucceeded:
			return s.object(cfg, *q.ResultConfiguration.OutputLocation)
		case types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			s.t.Fatalf("%s: %s", query, aws.ToString(q.Status.StateChangeReason))
		default:
		}
	}
}

func (s *site) object(cfg aws.Config, at string) string {
	s.t.Helper()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(at, "s3://"), "/")
	out, err := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }).GetObject(s.t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = out.Body.Close() }()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// control calls an address of the controls and reads its answer into out.
func (s *site) control(method, path, body string, out any) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/sandbox/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if out != nil {
		if err := json.NewDecoder(bytes.NewReader(data)).Decode(out); err != nil {
			s.t.Fatalf("%s: %v in %s", path, err, data)
		}
	}
	return res.StatusCode, string(data)
}

// texts returns the values of a row as results show them; NULL is "NULL".
func (s *site) texts(name string, row []table.Value) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	for i, c := range s.Columns(name) {
		typ, err := table.ParseType(c.Type)
		if err != nil {
			s.t.Fatal(err)
		}
		if out[c.Name] = string(row[i].AppendText(nil, typ)); row[i].IsNull() {
			out[c.Name] = "NULL"
		}
	}
	return out
}

// row returns one row that has to be there.
func (s *site) row(name string, row int) map[string]string {
	s.t.Helper()
	values, ok := s.Row(name, row)
	if !ok {
		s.t.Fatalf("%s has no row %d", name, row)
	}
	return s.texts(name, values)
}

// all returns all rows of a table.
func (s *site) all(name string) []map[string]string {
	s.t.Helper()
	var out []map[string]string
	for _, row := range s.Rows(name) {
		out = append(out, s.texts(name, row))
	}
	return out
}
