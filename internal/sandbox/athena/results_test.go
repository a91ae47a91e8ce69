package athena

import (
	"bytes"
	"encoding/json"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/aws/smithy-go"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/athena/table/tabletest"
)

func (s *site) page(id string, most int32, token *string) (*athena.GetQueryResultsOutput, error) {
	return s.athena.GetQueryResults(s.t.Context(), &athena.GetQueryResultsInput{QueryExecutionId: &id, MaxResults: aws.Int32(most), NextToken: token})
}

// code returns the name of the exception that err is.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func TestPagesHaveAThousandRowsAndTheHeaderOnTheFirstOnly(t *testing.T) {
	s := start(t, "")
	id := s.ask("SELECT n, text FROM numbers")
	s.settle()
	var sizes []int
	next := 0
	var after *string
	for first := true; first || after != nil; first = false {
		out, err := s.page(id, 1000, after)
		if err != nil {
			t.Fatal(err)
		}
		rows := out.ResultSet.Rows
		sizes = append(sizes, len(rows))
		if first {
			if *rows[0].Data[0].VarCharValue != "n" || *rows[0].Data[1].VarCharValue != "text" {
				t.Errorf("header %v", rows[0].Data)
			}
			rows = rows[1:]
		}
		for _, row := range rows {
			if got := *row.Data[0].VarCharValue; got != strconv.Itoa(next) {
				t.Fatalf("row %d is %s", next, got)
			}
			next++
		}
		after = out.NextToken
	}
	if len(sizes) != 3 || sizes[0] != 1000 || sizes[1] != 1000 || sizes[2] != 501 || next != 2500 {
		t.Errorf("pages of %v rows, %d records", sizes, next)
	}
}

func TestResultsTellNullFromEmpty(t *testing.T) {
	s := start(t, "")
	id := s.ask("SELECT note, id FROM deals")
	s.settle()
	out, err := s.page(id, 10, nil)
	if err != nil || len(out.ResultSet.Rows) != 5 || out.NextToken != nil {
		t.Fatalf("%v %v", out, err)
	}
	texts := make([]string, 0, 4)
	for _, row := range out.ResultSet.Rows[1:] {
		if row.Data[0].VarCharValue == nil {
			texts = append(texts, "NULL")
			continue
		}
		texts = append(texts, *row.Data[0].VarCharValue)
	}
	if got, want := strings.Join(texts, "|"), "say \"hi\", twice|two\nlines||NULL"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
}

func TestResultFileQuotesExactly(t *testing.T) {
	s := start(t, "")
	for query, want := range map[string]string{
		`SELECT note FROM deals`:                           "\"note\"\n\"say \"\"hi\"\", twice\"\n\"two\nlines\"\n\"\"\n\n",
		`SELECT note AS "a""b" FROM deals WHERE id = 'd4'`: "\"a\"\"b\"\n\n",
		`SELECT n, note, n FROM deals WHERE id = 'c3'`:     "\"n\",\"note\",\"n\"\n,\"\",\n",
	} {
		if got := s.csv(query); got != want {
			t.Errorf("%s\n got %q\nwant %q", query, got, want)
		}
	}
}

func TestASingleNullColumnComesThroughBothWays(t *testing.T) {
	s := start(t, "")
	id := s.ask("SELECT n FROM deals WHERE n IS NULL")
	s.settle()
	out, err := s.page(id, 1000, nil)
	if err != nil || len(out.ResultSet.Rows) != 2 || len(out.ResultSet.Rows[1].Data) != 1 || out.ResultSet.Rows[1].Data[0].VarCharValue != nil {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestColumnInfoLosesElementTypes(t *testing.T) {
	s := start(t, "")
	id := s.ask("SELECT id, note, amount, score, won, n, day, updated_at, tags, who, extra, raw, CAST(n AS bigint) b, CAST(updated_at AS timestamp with time zone) z, CAST(1 AS tinyint) t, CAST(1 AS smallint) s, CAST(1 AS real) r FROM deals")
	s.settle()
	out, err := s.page(id, 1, nil)
	if err != nil || len(out.ResultSet.Rows) != 1 || out.NextToken == nil {
		t.Fatalf("%+v, %v", out, err)
	}
	var got []string
	for _, c := range out.ResultSet.ResultSetMetadata.ColumnInfo {
		got = append(got, aws.ToString(c.Name)+" "+aws.ToString(c.Type)+" "+strconv.Itoa(int(c.Precision))+" "+strconv.Itoa(int(c.Scale)))
		if c.Nullable != types.ColumnNullableUnknown {
			t.Errorf("%s: nullable %s", *c.Name, c.Nullable)
		}
	}
	want := "id varchar 2147483647 0|note varchar 50 0|amount decimal 12 2|score double 17 0|won boolean 0 0|n integer 10 0|day date 0 0|updated_at timestamp 3 0|" +
		"tags array 0 0|who row 0 0|extra map 0 0|raw varbinary 0 0|b bigint 19 0|z timestamp with time zone 3 0|t tinyint 3 0|s smallint 5 0|r float 17 0"
	if text := strings.Join(got, "|"); text != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
}

func TestResultsRefuse(t *testing.T) {
	s := start(t, "querytime=1m")
	id := s.ask("SELECT n FROM numbers")
	s.settle()
	refused := func(what string, err error, text string) {
		t.Helper()
		var e *types.InvalidRequestException
		if !errors.As(err, &e) || !strings.Contains(e.ErrorMessage(), text) || aws.ToString(e.AthenaErrorCode) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := s.page(id, 10, nil)
	refused("running", err, "Query has not yet finished. Current state: RUNNING")
	s.clock.Pass(2 * 60e9)
	out, err := s.page(id, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.page(id, 1001, nil)
	refused("too many", err, "MaxResults")
	_, err = s.page(id, 0, nil)
	refused("none", err, "MaxResults")
	_, err = s.page(id, 10, aws.String("nonsense"))
	refused("token", err, "Malformed token")
	other := s.ask("SELECT 1")
	s.settle()
	s.clock.Pass(2 * 60e9)
	_, err = s.page(other, 10, out.NextToken)
	refused("another's token", err, "Malformed token")
	_, err = s.page("00000000-0000-4000-8000-000000000000", 10, nil)
	refused("unknown", err, "was not found")
	broken := s.ask("SELECT nothing FROM deals")
	s.settle()
	s.clock.Pass(2 * 60e9)
	_, err = s.page(broken, 10, nil)
	refused("failed", err, "Query did not finish successfully. Final query state: FAILED")
	s.objects.Delete(testBucket, "athena-results/"+id+".csv")
	_, err = s.page(id, 10, nil)
	refused("deleted", err, "Could not find results")
}

func TestABrokenResultIsAnError(t *testing.T) {
	s := start(t, "")
	for _, content := range []string{"\"a", "\"a\"x\n", "a\n", ",", "\"a\"", "\"a\","} {
		id := s.ask("SELECT n FROM numbers")
		s.settle()
		w, err := s.objects.Create(testBucket, "athena-results/"+id+".csv")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil || w.Commit() != nil {
			t.Fatal(err)
		}
		if _, err := s.page(id, 10, nil); code(err) != "InternalServerException" {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestShapesOnTheWire(t *testing.T) {
	s := start(t, "querytime=2s,queuetime=1s")
	status, header, body := s.raw("StartQueryExecution", `{"QueryString":"SELECT id FROM deals","QueryExecutionContext":{"Database":"demo"},"ResultConfiguration":{"OutputLocation":"s3://results/x"},"ClientRequestToken":"`+strings.Repeat("t", 32)+`"}`)
	var started startAnswer
	if err := json.Unmarshal([]byte(body), &started); err != nil || status != 200 || header.Get("Content-Type") != "application/x-amz-json-1.1" {
		t.Fatalf("%d %s %v", status, body, err)
	}
	s.settle()
	s.clock.Pass(3500e6)
	_, _, body = s.raw("GetQueryExecution", `{"QueryExecutionId":"`+started.ID+`"}`)
	for _, part := range []string{
		`"SubmissionDateTime":1772366400.000`, `"CompletionDateTime":1772366403.000`, `"State":"SUCCEEDED"`, `"StatementType":"DML"`, `"SubstatementType":"SELECT"`,
		`"OutputLocation":"s3://results/x/` + started.ID + `.csv"`, `"DataScannedInBytes":8`, `"QueryQueueTimeInMillis":1000`,
		`"EngineExecutionTimeInMillis":2000`, `"TotalExecutionTimeInMillis":3000`, `"WorkGroup":"primary"`, `"ReusedPreviousResult":false`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("no %s in %s", part, body)
		}
	}
	_, _, body = s.raw("GetQueryResults", `{"QueryExecutionId":"`+started.ID+`","MaxResults":2}`)
	if !strings.HasPrefix(body, `{"NextToken":"`) || !strings.Contains(body, `"Rows":[{"Data":[{"VarCharValue":"id"}]},{"Data":[{"VarCharValue":"a1"}]}]`) {
		t.Errorf("%s", body)
	}
	status, _, body = s.raw("GetQueryExecution", `{"QueryExecutionId":"x"}`)
	if status != 400 || !strings.Contains(body, `"__type":"InvalidRequestException"`) || !strings.Contains(body, `"message":"QueryExecution x was not found"`) {
		t.Errorf("%d %s", status, body)
	}
	for operation, want := range map[string]string{"DropEverything": "UnknownOperationException", "GetWorkGroup": "SerializationException"} {
		if status, _, body := s.raw(operation, `{"WorkGroup":7}`); status != 400 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", operation, status, body)
		}
	}
	if status, _, body := s.raw("StartQueryExecution", `{"QueryString":"`+strings.Repeat("x", maxBody)+`"}`); status != 400 {
		t.Errorf("a body without end: %d %s", status, body)
	}
}

// A result of 300,000 rows is written and read in memory that does not grow.
func TestResultsStreamInFlatMemory(t *testing.T) {
	const rows, bound = 300_000, 24 << 20
	var before, most uint64
	watch := func() {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	}
	watched := tabletest.Numbers(rows)
	inner := watched.Rows
	watched.Rows = func(yield func([]table.Value) bool) {
		n := 0
		for row := range inner {
			if n++; n%50_000 == 0 {
				watch()
			}
			if !yield(row) {
				return
			}
		}
	}
	s := start(t, "", watched)
	runtime.GC()
	watch()
	before = most
	q := s.run("SELECT n, text, text, text FROM numbers WHERE n >= 0")
	if q.Status.State != types.QueryExecutionStateSucceeded {
		t.Fatal(aws.ToString(q.Status.StateChangeReason))
	}
	body, err := s.body(*q.ResultConfiguration.OutputLocation)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	lines := 0
	for buf := make([]byte, 64<<10); err == nil; {
		var n int
		n, err = body.Read(buf)
		lines += bytes.Count(buf[:n], []byte{'\n'})
	}
	watch()
	if lines != rows+1 {
		t.Errorf("%d lines; want %d", lines, rows+1)
	}
	if most > before+bound {
		t.Errorf("the heap grew from %d to %d bytes", before, most)
	}
}
