package athena

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warren-sync/warren/internal/crm/crmtest"
	"github.com/warren-sync/warren/internal/sandbox/athena/athenatest"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/athena/table/tabletest"
)

var testStart = tabletest.At()

// site is the services under test and the SDK's clients for them.
type site struct {
	*Server
	t      *testing.T
	url    string
	clock  *crmtest.Clock
	athena *athena.Client
	s3     *s3.Client
}

const (
	testDatabase = "demo"
	testBucket   = "results"
	testOutput   = "s3://results/athena-results/"
)

func start(t *testing.T, traps string, tables ...*table.Table) *site {
	t.Helper()
	set, err := ParseTraps(traps)
	if err != nil {
		t.Fatal(err)
	}
	database := table.Database{}
	for _, tab := range append([]*table.Table{tabletest.Deals(), tabletest.Numbers(2500)}, tables...) {
		database[tab.Name] = tab
	}
	c := crmtest.NewClock(testStart)
	t.Setenv("TMPDIR", t.TempDir())
	s, err := New(Config{Catalog: table.Catalog{testDatabase: database}, Buckets: []string{testBucket, "other"}, Clock: c, Seed: 7, Traps: set, GroupRows: 100})
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
	out := &site{Server: s, t: t, url: web.URL, clock: c}
	out.athena, out.s3 = clients(web.URL, DefaultAccessKey)
	return out
}

// clients are the SDK's, without its own retries.
func clients(url, key string) (*athena.Client, *s3.Client) {
	cfg := aws.Config{
		HTTPClient: athenatest.HTTPClient(),
		Region:     Region, BaseEndpoint: aws.String(url), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider(key, DefaultSecretKey, ""),
	}
	return athena.NewFromConfig(cfg), s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
}

func token(name string) *string { return aws.String(name + strings.Repeat("-", 32)) }

func (s *site) startInput(text string) *athena.StartQueryExecutionInput {
	return &athena.StartQueryExecutionInput{
		QueryString: &text, QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String(testDatabase)},
		ResultConfiguration: &types.ResultConfiguration{OutputLocation: aws.String(testOutput)},
	}
}

// ask starts a query and returns its id.
func (s *site) ask(text string) string {
	s.t.Helper()
	out, err := s.athena.StartQueryExecution(s.t.Context(), s.startInput(text))
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return *out.QueryExecutionId
}

// look returns the query as it is now.
func (s *site) look(id string) *types.QueryExecution {
	s.t.Helper()
	out, err := s.athena.GetQueryExecution(s.t.Context(), &athena.GetQueryExecutionInput{QueryExecutionId: &id})
	if err != nil {
		s.t.Fatal(err)
	}
	return out.QueryExecution
}

// settle waits until the work behind all queries is done, without looking at
// them.
func (s *site) settle() { s.running.Wait() }

// run asks and returns the query at its end.
func (s *site) run(text string) *types.QueryExecution {
	s.t.Helper()
	id := s.ask(text)
	s.settle()
	return s.look(id)
}

// object reads an object by its address.
func (s *site) object(url string) ([]byte, error) {
	s.t.Helper()
	return s.read(url, nil)
}

func (s *site) read(url string, edit func(*s3.GetObjectInput)) ([]byte, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(url, "s3://"), "/")
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if edit != nil {
		edit(in)
	}
	out, err := s.s3.GetObject(s.t.Context(), in)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Body.Close() }()
	return io.ReadAll(out.Body)
}

// csv returns the result file of a query that has to succeed.
func (s *site) csv(text string) string {
	s.t.Helper()
	q := s.run(text)
	if q.Status.State != types.QueryExecutionStateSucceeded {
		s.t.Fatalf("%s: %s: %s", text, q.Status.State, aws.ToString(q.Status.StateChangeReason))
	}
	data, err := s.object(*q.ResultConfiguration.OutputLocation)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

// raw makes a call of Athena without the SDK.
func (s *site) raw(operation, body string) (int, http.Header, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", "AmazonAthena."+operation)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+DefaultAccessKey+"/20260301/us-east-1/athena/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}

// body opens an object by its address.
func (s *site) body(url string) (io.ReadCloser, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(url, "s3://"), "/")
	out, err := s.s3.GetObject(s.t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	return out.Body, nil
}
