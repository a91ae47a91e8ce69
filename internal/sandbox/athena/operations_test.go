package athena

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

func itoa(n int) string { return strconv.Itoa(n) }

func (s *site) metadata(name string) (*types.TableMetadata, error) {
	out, err := s.athena.GetTableMetadata(s.t.Context(), &athena.GetTableMetadataInput{
		CatalogName: aws.String("AwsDataCatalog"), DatabaseName: aws.String(testDatabase), TableName: &name,
	})
	if err != nil {
		return nil, err
	}
	return out.TableMetadata, nil
}

func TestTokensMakeStartsIdempotent(t *testing.T) {
	s := start(t, "querytime=1m")
	in := s.startInput("SELECT id FROM deals")
	in.ClientRequestToken = token("run-7")
	first, err := s.athena.StartQueryExecution(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.athena.StartQueryExecution(t.Context(), in)
	if err != nil || *again.QueryExecutionId != *first.QueryExecutionId || len(s.Queries()) != 1 {
		t.Errorf("the same token: %v, %v, %d queries", again, err, len(s.Queries()))
	}
	for name, change := range map[string]func(*athena.StartQueryExecutionInput){
		"text":     func(in *athena.StartQueryExecutionInput) { in.QueryString = aws.String("SELECT n FROM deals") },
		"database": func(in *athena.StartQueryExecutionInput) { in.QueryExecutionContext = nil },
		"output": func(in *athena.StartQueryExecutionInput) {
			in.ResultConfiguration = &types.ResultConfiguration{OutputLocation: aws.String("s3://other/")}
		},
	} {
		other := *in
		change(&other)
		if _, err := s.athena.StartQueryExecution(t.Context(), &other); code(err) != "InvalidRequestException" || !strings.Contains(err.Error(), "Idempotent parameters do not match") {
			t.Errorf("another %s: %v", name, err)
		}
	}
	s.settle()
	if got := s.Queries(); len(got) != 1 || got[0].Token != *in.ClientRequestToken || got[0].State != "RUNNING" || got[0].Rows != 4 || got[0].Scanned != 8 || s.Scanned() != 8 {
		t.Errorf("queries %+v", got)
	}
}

func TestStartRefuses(t *testing.T) {
	s := start(t, "")
	for text, change := range map[string]func(*athena.StartQueryExecutionInput){
		"greater than or equal to 32": func(in *athena.StartQueryExecutionInput) { in.ClientRequestToken = aws.String("short") },
		"less than or equal to 128": func(in *athena.StartQueryExecutionInput) {
			in.ClientRequestToken = aws.String(strings.Repeat("x", 129))
		},
		"from 1 to 262144 bytes": func(in *athena.StartQueryExecutionInput) {
			in.QueryString = aws.String(strings.Repeat("x", maxQuery+1))
		},
		"No output location provided": func(in *athena.StartQueryExecutionInput) { in.ResultConfiguration = nil },
		"not a valid S3 path": func(in *athena.StartQueryExecutionInput) {
			in.ResultConfiguration.OutputLocation = aws.String("https://results")
		},
		"WorkGroup nobody is not found": func(in *athena.StartQueryExecutionInput) { in.WorkGroup = aws.String("nobody") },
		"takes no execution parameters": func(in *athena.StartQueryExecutionInput) { in.ExecutionParameters = []string{"1"} },
	} {
		in := s.startInput("SELECT 1")
		change(in)
		if _, err := s.athena.StartQueryExecution(t.Context(), in); code(err) != "InvalidRequestException" || !strings.Contains(err.Error(), text) {
			t.Errorf("want %q: %v", text, err)
		}
	}
	in := s.startInput("SELECT 1")
	in.ResultConfiguration.OutputLocation = aws.String("s3://nobodys-bucket/")
	out, err := s.athena.StartQueryExecution(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	s.settle()
	if q := s.look(*out.QueryExecutionId); q.Status.State != "FAILED" || !strings.Contains(*q.Status.StateChangeReason, "Unable to verify/create output bucket nobodys-bucket") {
		t.Errorf("%+v", q.Status)
	}
}

func TestStopCancelsWhatRuns(t *testing.T) {
	endless := &table.Table{Name: "endless", Columns: []table.Column{{Name: "n", Type: "bigint"}}, Rows: func(yield func([]table.Value) bool) {
		for yield([]table.Value{table.Int(1)}) {
		}
	}}
	s := start(t, "", endless)
	for _, query := range []string{"SELECT n FROM endless WHERE n = 2", "UNLOAD (SELECT n FROM endless WHERE n = 2) TO 's3://results/u/' WITH (format = 'JSON')", "SELECT count(*) FROM endless"} {
		id := s.ask(query)
		if got := s.look(id).Status.State; got != "RUNNING" {
			t.Fatalf("state %s", got)
		}
		for range 2 {
			if _, err := s.athena.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: &id}); err != nil {
				t.Fatal(err)
			}
		}
		s.settle()
		if q := s.look(id); q.Status.State != "CANCELLED" || *q.Status.StateChangeReason != "Query cancelled by user" || !q.Status.CompletionDateTime.Equal(testStart) {
			t.Errorf("%+v", q.Status)
		}
	}
	done := *s.run("SELECT 1").QueryExecutionId
	if _, err := s.athena.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: &done}); err != nil || s.look(done).Status.State != "SUCCEEDED" {
		t.Errorf("a query that is done: %v, %s", err, s.look(done).Status.State)
	}
	if _, err := s.athena.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: aws.String("x")}); code(err) != "InvalidRequestException" {
		t.Errorf("an unknown query: %v", err)
	}
	s.ask("SELECT n FROM endless") // Close ends it
}

func TestBatchGetTellsWhatItDoesNotKnow(t *testing.T) {
	s := start(t, "")
	a, b := *s.run("SELECT 1").QueryExecutionId, *s.run("SELECT 2").QueryExecutionId
	out, err := s.athena.BatchGetQueryExecution(t.Context(), &athena.BatchGetQueryExecutionInput{QueryExecutionIds: []string{b, "nobody", a}})
	if err != nil || len(out.QueryExecutions) != 2 || *out.QueryExecutions[0].Query != "SELECT 2" || *out.UnprocessedQueryExecutionIds[0].QueryExecutionId != "nobody" {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := s.athena.BatchGetQueryExecution(t.Context(), &athena.BatchGetQueryExecutionInput{QueryExecutionIds: make([]string, 51)}); code(err) != "InvalidRequestException" {
		t.Errorf("51: %v", err)
	}
}

func TestMetadataHasFullTypesAndPartitionKeys(t *testing.T) {
	s := start(t, "")
	got, err := s.metadata("Deals")
	if err != nil || len(got.Columns) != 13 || *got.Columns[10].Type != "struct<age:int,name:string>" || len(got.PartitionKeys) != 1 || *got.PartitionKeys[0].Name != "dt" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.metadata("nowhere"); code(err) != "MetadataException" {
		t.Errorf("unknown table: %v", err)
	}
	list := func(edit func(*athena.ListTableMetadataInput)) (names []string, next *string, err error) {
		in := &athena.ListTableMetadataInput{CatalogName: aws.String("AwsDataCatalog"), DatabaseName: aws.String(testDatabase)}
		edit(in)
		out, err := s.athena.ListTableMetadata(t.Context(), in)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range out.TableMetadataList {
			names = append(names, *m.Name)
		}
		return names, out.NextToken, nil
	}
	first, next, err := list(func(in *athena.ListTableMetadataInput) { in.MaxResults = aws.Int32(1) })
	if err != nil || next == nil {
		t.Fatal(err)
	}
	second, end, err := list(func(in *athena.ListTableMetadataInput) { in.MaxResults, in.NextToken = aws.Int32(1), next })
	if err != nil || end != nil || !slices.Equal(append(first, second...), []string{"deals", "numbers"}) {
		t.Errorf("%v %v %v", first, second, err)
	}
	if some, _, err := list(func(in *athena.ListTableMetadataInput) { in.Expression = aws.String("^num") }); err != nil || !slices.Equal(some, []string{"numbers"}) {
		t.Errorf("%v %v", some, err)
	}
	for want, edit := range map[string]func(*athena.ListTableMetadataInput){
		"MetadataException":       func(in *athena.ListTableMetadataInput) { in.DatabaseName = aws.String("nowhere") },
		"InvalidRequestException": func(in *athena.ListTableMetadataInput) { in.Expression = aws.String("(") },
	} {
		if _, _, err := list(edit); code(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, _, err := list(func(in *athena.ListTableMetadataInput) { in.NextToken = aws.String("x") }); code(err) != "InvalidRequestException" {
		t.Errorf("a bad token: %v", err)
	}
	if _, err := s.athena.GetTableMetadata(t.Context(), &athena.GetTableMetadataInput{
		CatalogName: aws.String("AwsDataCatalog"), DatabaseName: aws.String("nowhere"), TableName: aws.String("deals"),
	}); code(err) != "MetadataException" {
		t.Errorf("unknown database: %v", err)
	}
}

func TestWorkGroup(t *testing.T) {
	s := start(t, "")
	out, err := s.athena.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	if err != nil || out.WorkGroup.State != types.WorkGroupStateEnabled || *out.WorkGroup.Configuration.EnforceWorkGroupConfiguration {
		t.Errorf("%+v, %v", out, err)
	}
	if _, err := s.athena.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("nobody")}); code(err) != "InvalidRequestException" {
		t.Errorf("unknown: %v", err)
	}
}

func TestForeignKeysAreRefused(t *testing.T) {
	s := start(t, "")
	at := *s.run("SELECT 1").ResultConfiguration.OutputLocation
	s.athena, s.s3 = clients(s.url, "AKIASOMEBODYELSE0000")
	if _, err := s.athena.StartQueryExecution(t.Context(), s.startInput("SELECT 1")); code(err) != "UnrecognizedClientException" {
		t.Errorf("athena: %v", err)
	}
	if _, err := s.object(at); code(err) != "InvalidAccessKeyId" {
		t.Errorf("s3: %v", err)
	}
	if _, err := s.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(testBucket)}); err == nil {
		t.Error("s3 HEAD lets pass")
	}
	for path, target := range map[string]string{"/": "AmazonAthena.GetWorkGroup", "/results/x": ""} {
		for _, authorization := range []string{"", "Bearer x", "AWS4-HMAC-SHA256 Signature=0"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", authorization)
			r.Header.Set(targetHeader, target)
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != 400 && res.StatusCode != 403 {
				t.Errorf("%s with %q: %d", path, authorization, res.StatusCode)
			}
		}
	}
}

func TestS3StandsBesideIt(t *testing.T) {
	s := start(t, "")
	bucket := aws.String("other")
	for what, err := range map[string]error{
		"put":            second(s.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("a"), Body: strings.NewReader("x")})),
		"head of bucket": second(s.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: bucket})),
		"location":       second(s.s3.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: bucket})),
		"buckets":        second(s.s3.ListBuckets(t.Context(), &s3.ListBucketsInput{})),
		"delete several": second(s.s3.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{{Key: aws.String("b")}}}})),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if data, err := s.object("s3://other/a"); err != nil || string(data) != "x" {
		t.Errorf("got %q, %v", data, err)
	}
	if _, err := s.read("s3://other/a", func(in *s3.GetObjectInput) { in.IfMatch = aws.String(`"0"`) }); code(err) != "PreconditionFailed" {
		t.Errorf("another ETag: %v", err)
	}
	if _, err := s.read("s3://other/a", func(in *s3.GetObjectInput) { in.IfMatch = aws.String(s.objects.ETag("other", "a")) }); err != nil {
		t.Errorf("its ETag: %v", err)
	}
	if _, err := s.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("a")}); err != nil || len(s.Objects()) != 0 {
		t.Errorf("delete: %v, left %v", err, s.Objects())
	}
}

func second[T any](_ T, err error) error { return err }

func TestRequestsAreCountedByOperation(t *testing.T) {
	s := start(t, "")
	at := *s.run("SELECT id FROM deals").ResultConfiguration.OutputLocation
	if _, err := s.object(at); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(at, func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=2-") }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.object("s3://results/nothing"); err == nil {
		t.Fatal("there is an object")
	}
	if _, err := s.s3.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(testBucket)}); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"Athena.StartQueryExecution 200": 1, "Athena.GetQueryExecution 200": 1, "S3.GetObject 200": 1, "S3.GetObject 206": 1, "S3.GetObject 404": 1, "S3.ListObjectsV2 200": 1,
	}
	got := s.Requests()
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: %d; want %d", name, got[name], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("requests %v", got)
	}
}

func TestSeedsMakeTheSameIDs(t *testing.T) {
	a, b := start(t, ""), start(t, "")
	if x, y, z := a.ask("SELECT 1"), b.ask("SELECT 1"), a.ask("SELECT 1"); x != y || x == z || len(x) != 36 {
		t.Errorf("ids %s %s %s", x, y, z)
	}
}

func TestNewRefusesTypesThatTheCatalogCannotHave(t *testing.T) {
	for _, bad := range []string{"varchar", "varchar(x)", "decimal(10)", "decimal(10,2", "array<string", "array(string)", "map<string>", "struct<>", "struct<a>", "struct<a:point>", "point", "string!"} {
		tab := &table.Table{Name: "t", Columns: []table.Column{{Name: "c", Type: bad}}}
		if s, err := New(Config{Catalog: table.Catalog{"d": {"t": tab}}}); err == nil {
			t.Errorf("%s: taken", bad)
			_ = s.Close()
		}
	}
}

func TestServeStopsWithItsContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	client, _ := clients("http://"+ln.Addr().String(), DefaultAccessKey)
	if _, err := client.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String(DefaultWorkGroup)}); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestNewNeedsADirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
	if _, err := New(Config{}); err == nil {
		t.Error("it starts without one")
	}
}
