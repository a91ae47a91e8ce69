package athena

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

func TestParseTrapsReadsWhatItWrites(t *testing.T) {
	list := "latency=20ms,querytime=2s,queuetime=1s,requeue,failed=2,failedbare=all,exhausted=1,deniedglue=3,slowdown=4,throttle=5,internal=page:2," +
		"toomany=3,managed,enforced,nometadata=500,s3closed,s3slowdown=0.5,latefile=2,cut=3,rewritten"
	set, err := ParseTraps(strings.ReplaceAll(list, "failedbare=all", "failed-bare"))
	if err != nil || set.String() != list {
		t.Errorf("read\n%s\nwrote\n%s, %v", list, set, err)
	}
	for _, h := range TrapHelp() {
		if len(h.Help) < 20 {
			t.Errorf("%s: %q", h.Name, h.Help)
		}
	}
	if got := len(TrapHelp()); got != len(wire.FaultDefs())+19 {
		t.Errorf("%d traps have help", got)
	}
	for _, bad := range []string{"failed=0", "failed=x", "nometadata=maybe", "throttle=", "requeu"} {
		if _, err := ParseTraps(bad); crm.CodeOf(err) != crm.CodeUsage {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if set, err := ParseTraps("nometadata"); err != nil || set.NoMetadata != "denied" {
		t.Errorf("%+v, %v", set, err)
	}
}

func (s *site) states(id string, n int) string {
	s.t.Helper()
	var out []string
	for range n {
		out = append(out, string(s.look(id).Status.State))
	}
	return strings.Join(out, " ")
}

func TestTimesFollowTheClock(t *testing.T) {
	s := start(t, "queuetime=2s,querytime=3s")
	id := s.ask("SELECT id FROM deals")
	s.settle()
	if got := s.look(id); got.Status.State != types.QueryExecutionStateQueued || got.Status.CompletionDateTime != nil {
		t.Errorf("at once: %+v", got.Status)
	}
	s.clock.Pass(2 * time.Second)
	if got := s.look(id); got.Status.State != types.QueryExecutionStateRunning || *got.Statistics.DataScannedInBytes != 8 {
		t.Errorf("after 2s: %+v", got.Status)
	}
	s.clock.Pass(3 * time.Second)
	got := s.look(id)
	if got.Status.State != types.QueryExecutionStateSucceeded || !got.Status.SubmissionDateTime.Equal(testStart) || !got.Status.CompletionDateTime.Equal(testStart.Add(5*time.Second)) {
		t.Errorf("after 5s: %+v", got.Status)
	}
}

func TestTrapRequeueFallsBackToQueued(t *testing.T) {
	s := start(t, "requeue")
	id := s.ask("SELECT id FROM deals")
	s.settle()
	if got := s.states(id, 4); got != "RUNNING QUEUED SUCCEEDED SUCCEEDED" {
		t.Errorf("seen %s", got)
	}
}

func TestTrapsThatFailAQuery(t *testing.T) {
	for _, tc := range []struct {
		traps     string
		reason    string
		category  int32 // 0: no AthenaError
		retryable bool
		scans     bool
	}{
		{"failed=2", "HIVE_CANNOT_OPEN_SPLIT", 1, true, true},
		{"failed-bare=2", "GENERIC_INTERNAL_ERROR", 0, false, true},
		{"exhausted=2", "Query exhausted resources at this scale factor", 1, false, true},
		{"denied-glue=2", "is not authorized to perform: glue:GetTable", userError, false, false},
		{"slowdown=2", "Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown", 0, false, true},
	} {
		s := start(t, tc.traps)
		var got []types.QueryExecutionState
		for range 3 {
			got = append(got, s.run("SELECT id FROM deals").Status.State)
		}
		if got[0] != "SUCCEEDED" || got[1] != "FAILED" || got[2] != "SUCCEEDED" {
			t.Errorf("%s: %v", tc.traps, got)
		}
		q := s.look(s.Queries()[1].ID)
		if !strings.Contains(*q.Status.StateChangeReason, tc.reason) || (*q.Statistics.DataScannedInBytes > 0) != tc.scans {
			t.Errorf("%s: %s, scanned %d", tc.traps, *q.Status.StateChangeReason, *q.Statistics.DataScannedInBytes)
		}
		switch e := q.Status.AthenaError; {
		case tc.category == 0 && e != nil, tc.category != 0 && e == nil:
			t.Errorf("%s: %+v", tc.traps, e)
		case e != nil && (*e.ErrorCategory != tc.category || e.Retryable != tc.retryable || *e.ErrorMessage == ""):
			t.Errorf("%s: %+v", tc.traps, e)
		}
		if s.Queries()[1].Reason == "" || len(s.Objects()) != 4 {
			t.Errorf("%s: %+v, %v", tc.traps, s.Queries()[1], s.Objects())
		}
	}
	s := start(t, "failed")
	if a, b := s.run("SELECT 1"), s.run("SELECT 1"); a.Status.State != "FAILED" || b.Status.State != "FAILED" {
		t.Errorf("%s %s", a.Status.State, b.Status.State)
	}
}

func TestTrapsThatRefuseCalls(t *testing.T) {
	for traps, want := range map[string]string{
		"throttle=2": "ThrottlingException", "internal=2": "InternalServerException",
		"429=2": "ThrottlingException", "503=2": "ServiceUnavailableException", "500=2": "InternalServerException", "expire=1": "ExpiredTokenException",
	} {
		s := start(t, traps)
		id := s.ask("SELECT 1")
		s.settle()
		if _, err := s.athena.GetQueryExecution(t.Context(), &athena.GetQueryExecutionInput{QueryExecutionId: &id}); code(err) != want {
			t.Errorf("%s: %v", traps, err)
		}
	}
	s := start(t, "throttle=page:2")
	id := s.ask("SELECT n FROM numbers")
	s.settle()
	first, err := s.page(id, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.page(id, 1000, first.NextToken); code(err) != "ThrottlingException" {
		t.Errorf("page 2: %v", err)
	}
	if _, err := s.page(id, 1000, first.NextToken); err != nil {
		t.Errorf("page 2 again: %v", err)
	}
}

func TestTrapTooManyCountsQueuedAndRunning(t *testing.T) {
	s := start(t, "toomany=2,querytime=1m")
	first := s.ask("SELECT 1")
	s.ask("SELECT 1")
	s.settle()
	_, err := s.athena.StartQueryExecution(t.Context(), s.startInput("SELECT 1"))
	var e *types.TooManyRequestsException
	if !errors.As(err, &e) || e.Reason != types.ThrottleReasonConcurrentQueryLimitExceeded {
		t.Fatalf("the third: %v", err)
	}
	if _, err := s.athena.StopQueryExecution(t.Context(), &athena.StopQueryExecutionInput{QueryExecutionId: &first}); err != nil {
		t.Fatal(err)
	}
	s.ask("SELECT 1")
}

func TestTrapManagedHasNoPlace(t *testing.T) {
	s := start(t, "managed")
	q := s.run("SELECT id FROM deals")
	if q.ResultConfiguration != nil || q.ManagedQueryResultsConfiguration == nil || !q.ManagedQueryResultsConfiguration.Enabled {
		t.Errorf("%+v", q)
	}
	if out, err := s.page(*q.QueryExecutionId, 1000, nil); err != nil || len(out.ResultSet.Rows) != 5 {
		t.Errorf("%+v, %v", out, err)
	}
	if got := s.Objects(); len(got) != 0 {
		t.Errorf("objects %v", got)
	}
	group, err := s.athena.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	if err != nil || !group.WorkGroup.Configuration.ManagedQueryResultsConfiguration.Enabled {
		t.Errorf("%+v, %v", group, err)
	}
	if q := s.run("UNLOAD (SELECT id FROM deals) TO 's3://results/u/' WITH (format = 'JSON')"); q.Status.State != "SUCCEEDED" || q.Statistics.DataManifestLocation != nil {
		t.Errorf("%+v", q.Status)
	}
}

func TestTrapEnforcedWinsOverTheClient(t *testing.T) {
	s := start(t, "enforced")
	q := s.run("SELECT id FROM deals")
	if got := *q.ResultConfiguration.OutputLocation; !strings.HasPrefix(got, "s3://results/workgroup/") {
		t.Errorf("output %s", got)
	}
	group, err := s.athena.GetWorkGroup(t.Context(), &athena.GetWorkGroupInput{WorkGroup: aws.String("primary")})
	if err != nil || !*group.WorkGroup.Configuration.EnforceWorkGroupConfiguration || *group.WorkGroup.Configuration.ResultConfiguration.OutputLocation != "s3://results/workgroup/" {
		t.Errorf("%+v, %v", group, err)
	}
}

func TestTrapNoMetadata(t *testing.T) {
	for traps, want := range map[string]string{"nometadata": "AccessDeniedException", "nometadata=500": "InternalError"} {
		s := start(t, traps)
		if _, err := s.metadata("deals"); code(err) != want {
			t.Errorf("%s: %v", traps, err)
		}
		if _, err := s.athena.ListTableMetadata(t.Context(), &athena.ListTableMetadataInput{CatalogName: aws.String("AwsDataCatalog"), DatabaseName: aws.String(testDatabase)}); code(err) != want {
			t.Errorf("%s: %v", traps, err)
		}
		if got := s.run("SELECT id FROM deals").Status.State; got != "SUCCEEDED" {
			t.Errorf("%s: the query %s", traps, got)
		}
	}
}

func TestTrapS3ClosedLeavesThePages(t *testing.T) {
	s := start(t, "s3-closed")
	q := s.run("SELECT id FROM deals")
	if _, err := s.object(*q.ResultConfiguration.OutputLocation); code(err) != "AccessDenied" {
		t.Errorf("file: %v", err)
	}
	if out, err := s.page(*q.QueryExecutionId, 1000, nil); err != nil || len(out.ResultSet.Rows) != 5 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestTrapLateFile(t *testing.T) {
	s := start(t, "late-file=2")
	at := *s.run("SELECT id FROM deals").ResultConfiguration.OutputLocation
	for i, want := range []string{"NoSuchKey", "NoSuchKey", ""} {
		if _, err := s.object(at); code(err) != want {
			t.Errorf("read %d: %v", i+1, err)
		}
	}
}

func TestTrapS3SlowdownAndTheWiresRefusals(t *testing.T) {
	for traps, want := range map[string]string{"s3-slowdown=1": "SlowDown", "503=page:1:always": "SlowDown", "500=page:1:always": "InternalError", "expire=0": ""} {
		s := start(t, "")
		at := *s.run("SELECT id FROM deals").ResultConfiguration.OutputLocation
		set, err := ParseTraps(traps)
		if err != nil {
			t.Fatal(err)
		}
		s.SetTraps(set)
		if _, err := s.object(at); code(err) != want {
			t.Errorf("%s: %v", traps, err)
		}
	}
}

func TestTrapCutEndsABodyInTheMiddle(t *testing.T) {
	s := start(t, "cut=2")
	at := *s.run("SELECT n FROM numbers").ResultConfiguration.OutputLocation
	whole, err := s.object(at)
	if err != nil {
		t.Fatal(err)
	}
	half, err := s.object(at)
	if err == nil || len(half) != len(whole)/2 || string(half) != string(whole[:len(half)]) {
		t.Fatalf("%d of %d bytes, %v", len(half), len(whole), err)
	}
	rest, err := s.read(at, func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=" + itoa(len(half)) + "-") })
	if err != nil || string(half)+string(rest) != string(whole) {
		t.Errorf("the rest: %d bytes, %v", len(rest), err)
	}
}

func TestTrapRewrittenPutsAnotherObjectInItsPlace(t *testing.T) {
	s := start(t, "rewritten")
	at := *s.run("SELECT n, text FROM numbers").ResultConfiguration.OutputLocation
	var tag string
	head, err := s.s3.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(testBucket), Key: aws.String(strings.TrimPrefix(at, "s3://results/"))})
	if err != nil {
		t.Fatal(err)
	}
	tag = *head.ETag
	half, err := s.object(at)
	if err == nil {
		t.Fatal("the first reading came to its end")
	}
	from := func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=" + itoa(len(half)) + "-") }
	if _, err := s.read(at, func(in *s3.GetObjectInput) { from(in); in.IfMatch = &tag }); code(err) != "PreconditionFailed" {
		t.Errorf("with If-Match: %v", err)
	}
	rest, err := s.read(at, from)
	if err != nil || int64(len(half)+len(rest)) != *head.ContentLength || !strings.Contains(string(rest), "ROW") || !strings.Contains(string(half), "row") {
		t.Errorf("without: %d and %d of %d bytes, %v", len(half), len(rest), *head.ContentLength, err)
	}
}

func TestTrapsSwitchAtRunTime(t *testing.T) {
	s := start(t, "failed=1")
	s.run("SELECT 1")
	set, err := ParseTraps("failed=1,querytime=1h")
	if err != nil {
		t.Fatal(err)
	}
	s.SetTraps(set)
	if s.Traps() != set {
		t.Errorf("traps %s", s.Traps())
	}
	id := s.ask("SELECT 1")
	s.settle()
	if got := s.look(id).Status.State; got != "RUNNING" {
		t.Errorf("state %s", got)
	}
	s.clock.Pass(time.Hour)
	if got := s.look(id).Status.State; got != "FAILED" {
		t.Errorf("queries are not counted anew: %s", got)
	}
}
