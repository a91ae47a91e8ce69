package salespro_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/source/salespro"
)

// keys are the columns without which a row is left out.
var keys = map[string]string{"customer": "customer_id", "lead_results": "estimate_id"}

// Every stream, in every way of reading: the same records, which are what the share
// has, NULL told from the empty text, every number to its last digit, rows that are
// the very same as often as they are there, and keys that are all different.
func TestEveryStreamIsReadWholeInEveryWay(t *testing.T) {
	a := open(t, sandbox.Config{Records: 1100, Seed: 1}, nil)
	for _, s := range salespro.Source().Streams {
		if s.FromFile {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			var first []string
			for _, way := range []string{"file", "pages", "unload", "unload-parquet", "auto"} {
				a.t = t
				a.reconnect(map[string]string{"results": way})
				r := a.mustRead(s.Name, crm.Request{})
				if key := keys[s.Name]; key == "" {
					a.compare(s.Name, key, r.records)
				} else if n := a.distinct(s.Name, key); len(r.records) != n || len(newest(r.records, key)) != n {
					t.Errorf("%s: %d records, the share has %d ids", way, len(r.records), n)
				}
				slices.Sort(r.records)
				if first == nil {
					first = r.records
				}
				if diff := cmp.Diff(first, r.records); diff != "" {
					t.Errorf("%s reads otherwise than file:\n%.2000s", way, diff)
				}
				if r.bill.Scanned == 0 || r.bill.Dollars == 0 || r.pages[0].SourceTime.IsZero() {
					t.Errorf("%s: %+v", way, r.pages[0].Bill)
				}
			}
			if s.PrimaryKey[0] != "content_hash" {
				return
			}
			seen := map[string]bool{}
			for _, record := range first {
				seen[string(rawjson.Member([]byte(record), "content_hash"))] = true
			}
			if twins := len(first) - len(seen); s.Name != "user_activity" && twins != 0 || twins > 3 {
				t.Errorf("%d of %d records share their key", twins, len(first))
			}
		})
	}
}

// distinct is how many values the share has in a column, the empty ones left out.
func (a *account) distinct(name, column string) int {
	a.t.Helper()
	all := map[any]bool{}
	for _, object := range a.truth(name, column) {
		all[object[column]] = true
	}
	return len(all)
}

// newest leaves of the records of one key the one that changed last, and of those the
// greatest.
func newest(records []string, key string) []string {
	if key == "" {
		return records
	}
	best := map[string]string{}
	rank := func(record string) string {
		return strings.TrimPrefix(string(rawjson.Member([]byte(record), "updated_at")), "null")
	}
	for _, record := range records {
		id := string(rawjson.Member([]byte(record), key))
		if was, has := best[id]; !has || rank(record) > rank(was) || rank(record) == rank(was) && record > was {
			best[id] = record
		}
	}
	return slices.Collect(maps.Values(best))
}

// Only the first page of a result begins with the names of the columns, and a page
// holds a thousand rows with them.
func TestTrapHeaderRowOnPageOneOnly(t *testing.T) {
	for _, rows := range []int{0, 1, 998, 999, 1000, 1001, 1999, 2000, 4001} {
		a := open(t, sandbox.Config{Rows: map[string]int{"payments": rows}}, map[string]string{"results": "pages"})
		a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
		if calls := a.share.Requests()["Athena.GetQueryResults 200"]; calls != rows/1000+1 {
			t.Errorf("%d rows took %d calls", rows, calls)
		}
	}
}

// What is asked for is one query a run, of the columns that are mapped.
func TestOneQueryARun(t *testing.T) {
	a := open(t, sandbox.Config{Records: 2500}, nil)
	r := a.mustRead("payments", crm.Request{})
	queries := a.share.Athena.Queries()
	if len(queries) != 1 || strings.Contains(queries[0].Text, "*") || r.bill.Scanned != a.share.Athena.Scanned() {
		t.Errorf("%+v, %+v", queries, r.bill)
	}
	if len(r.pages) < 1 || len(r.pages[0].Records) > 2000 {
		t.Errorf("%d pages", len(r.pages))
	}
}

func TestTrapRunningBackToQueued(t *testing.T) {
	a := open(t, sandbox.Config{Records: 50}, nil)
	a.trap("requeue,querytime=40s,queuetime=20s")
	a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}

// A query that failed for a passing reason is asked once more under another name, and
// both are paid for.
func TestTrapAFailedQueryThatMaySucceedIsTriedAgain(t *testing.T) {
	for _, trap := range []string{"failed=1", "failedbare=1", "slowdown=1"} {
		t.Run(trap, func(t *testing.T) {
			a := open(t, sandbox.Config{Records: 50}, nil)
			a.trap(trap)
			r := a.mustRead("payments", crm.Request{Resume: a.started("payments")})
			a.compare("payments", "", r.records)
			queries := a.share.Athena.Queries()
			if len(queries) != 2 || queries[0].Token == queries[1].Token || queries[0].Text != queries[1].Text {
				t.Fatalf("%+v", queries)
			}
			if r.bill.Scanned != queries[0].Scanned+queries[1].Scanned || queries[0].Scanned == 0 {
				t.Errorf("the bill is of %d, scanned were %d and %d", r.bill.Scanned, queries[0].Scanned, queries[1].Scanned)
			}
		})
	}
}

func TestTrapAQueryThatFailsForEverEnds(t *testing.T) {
	a := open(t, sandbox.Config{Records: 50}, nil)
	a.trap("failed")
	r := a.read("payments", crm.Request{Resume: a.started("payments")}, nil)
	codeIs(t, r.err, crm.CodeSourceDown)
	if n := len(a.queries()); n != 4 || len(r.records) > 0 || r.bill.Scanned != a.share.Athena.Scanned() {
		t.Errorf("%d queries, %d records, %+v of %d scanned", n, len(r.records), r.bill, a.share.Athena.Scanned())
	}
}

// What no second try can mend is not tried again: each would be paid for.
func TestTrapAQueryThatCannotSucceedIsPaidForOnce(t *testing.T) {
	for trap, code := range map[string]crm.Code{"exhausted": crm.CodeTooLarge, "deniedglue": crm.CodeForbidden} {
		t.Run(trap, func(t *testing.T) {
			a := open(t, sandbox.Config{Records: 50}, nil)
			a.trap(trap)
			r := a.read("payments", crm.Request{Resume: a.started("payments")}, nil)
			codeIs(t, r.err, code)
			if n := len(a.queries()); n != 1 || r.bill.Scanned != a.share.Athena.Scanned() || len(r.records) > 0 {
				t.Errorf("%d queries, %+v", n, r.bill)
			}
		})
	}
}

// A query that failed for lack of a right is asked anew by the run after it: the
// right may have been given.
func TestTheFailureOfAnEarlierRunIsNoAnswer(t *testing.T) {
	for _, c := range []struct {
		name, trap string
		told       bool // the earlier run could say what its query cost
	}{{"it cost nothing", "deniedglue=1", false}, {"it said what it cost", "exhausted=1", true}, {"it was killed before it could say", "exhausted=1", false}} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, sandbox.Config{Records: 50}, nil)
			a.trap(c.trap)
			token := a.started("payments")
			before := a.read("payments", crm.Request{Resume: token}, nil)
			if before.err == nil {
				t.Fatal("it succeeded")
			}
			var said int64
			if c.told {
				token, said = before.paid[0].Checkpoint, before.bill.Scanned
			}
			a.clock.now = a.clock.now.Add(time.Minute)
			after := a.mustRead("payments", crm.Request{Resume: token})
			a.compare("payments", "", after.records)
			if n := len(a.queries()); n != 2 || said+after.bill.Scanned != a.share.Athena.Scanned() {
				t.Errorf("%d queries, %+v and %+v of %d scanned", n, before.bill, after.bill, a.share.Athena.Scanned())
			}
		})
	}
}

func TestTrapThrottling(t *testing.T) {
	for _, c := range []struct{ trap, answer string }{
		{"throttle=3", "Athena.GetQueryExecution 400"}, {"internal=3", "Athena.GetQueryExecution 500"}, {"s3slowdown=page:1:2", "S3.GetObject 503"},
	} {
		t.Run(c.trap, func(t *testing.T) {
			a := open(t, sandbox.Config{Rows: map[string]int{"payments": 3000}}, nil)
			a.trap(c.trap)
			a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
			if n := len(a.queries()); n != 1 {
				t.Errorf("%d queries", n)
			}
			if c.answer != "" && a.share.Requests()[c.answer] == 0 {
				t.Errorf("%v", a.share.Requests())
			}
		})
	}
}

// A query too many is refused until another one has ended.
func TestTrapTooManyQueries(t *testing.T) {
	a := open(t, sandbox.Config{Records: 300, AtOnce: true}, nil)
	a.trap("querytime=3m,toomany=1")
	other, err := athena.New(t.Context(), athena.Config{
		Source: "other", AccessKey: sandbox.DefaultAccessKey, SecretKey: sandbox.DefaultSecretKey, Region: sandbox.Region, Endpoint: a.url,
		Database: a.share.Database(), Output: a.share.Output(), Clock: a.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Start(t.Context(), athena.Query{Text: `SELECT "estimate_id" FROM "estimate"`}); err != nil {
		t.Fatal(err)
	}
	a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
	if a.share.Requests()["Athena.StartQueryExecution 400"] == 0 {
		t.Errorf("%v", a.share.Requests())
	}
}

func TestTrapTheFileComesLate(t *testing.T) {
	a := open(t, sandbox.Config{Records: 300}, nil)
	a.trap("latefile=2")
	a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
	if late := a.share.Requests()["S3.GetObject 404"]; late != 2 {
		t.Errorf("%v", a.share.Requests())
	}
}

// A connection that breaks off in the middle of the file is taken up where it broke.
func TestTrapTheBodyIsCut(t *testing.T) {
	for _, way := range []string{"file", "unload", "unload-parquet"} {
		a := open(t, sandbox.Config{Rows: map[string]int{"payments": 6000}}, map[string]string{"results": way})
		a.trap("cut=page:1:3")
		a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
		if a.share.Requests()["S3.GetObject 206"] == 0 {
			t.Errorf("%s: nothing was cut: %v", way, a.share.Requests())
		}
	}
}

// A result that is replaced while it is read is never half of one and half of
// another (L3): the run fails, and the next one asks anew.
func TestTrapTheResultIsRewritten(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 20_000}}, nil)
	a.trap("rewritten,cut=1")
	token := a.started("payments")
	r := a.read("payments", crm.Request{Resume: token}, nil)
	codeIs(t, r.err, crm.CodeBadAnswer)
	if len(r.records) == 20_000 {
		t.Error("all of it was read")
	}
	a.trap("")
	if len(r.pages) > 0 && r.pages[len(r.pages)-1].Checkpoint != "" {
		token = r.pages[len(r.pages)-1].Checkpoint
	}
	next := a.mustRead("payments", crm.Request{Resume: token})
	a.compare("payments", "", next.records)
	if n := len(a.queries()); n != 2 || !strings.Contains(next.notice, "run anew") {
		t.Errorf("%d queries, %q", n, next.notice)
	}
}

// Where S3 is closed the result comes in pages, and it is told that this takes long.
func TestTrapS3IsClosed(t *testing.T) {
	a := open(t, sandbox.Config{Records: 300}, nil)
	a.trap("s3closed")
	r := a.mustRead("payments", crm.Request{})
	a.compare("payments", "", r.records)
	if !strings.Contains(r.notice, "read in pages") || len(a.queries()) != 1 {
		t.Errorf("%q, %q", r.notice, a.queries())
	}
	a.reconnect(map[string]string{"results": "file"})
	codeIs(t, a.read("payments", crm.Request{}, nil).err, crm.CodeForbidden)
}

func TestTrapManagedResultsHaveNoFile(t *testing.T) {
	a := open(t, sandbox.Config{Records: 2000}, nil)
	a.trap("managed")
	r := a.mustRead("payments", crm.Request{})
	a.compare("payments", "", r.records)
	if len(a.share.Athena.Objects()) != 0 || r.notice != "" {
		t.Errorf("%q, %q", a.share.Athena.Objects(), r.notice)
	}
}

// The workgroup may put results elsewhere than it was asked to.
func TestTrapTheWorkgroupEnforcesItsPlace(t *testing.T) {
	a := open(t, sandbox.Config{Records: 300}, nil)
	a.trap("enforced")
	a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
	if q := a.share.Athena.Queries()[0]; !strings.Contains(q.Output, "/workgroup/") {
		t.Errorf("%+v", q)
	}
}

// A share that does not describe its tables is read all the same.
func TestTrapNoMetadata(t *testing.T) {
	for _, trap := range []string{"nometadata=denied", "nometadata=500"} {
		t.Run(trap, func(t *testing.T) {
			a := open(t, sandbox.Config{Records: 300}, nil)
			a.trap(trap)
			for _, s := range []string{"payments", "estimate_price_breakdown"} {
				a.compare(s, "", a.mustRead(s, crm.Request{}).records)
				if err := a.connector.Check(t.Context(), stream(t, s)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// The rows that have no customer are left out, and it is told how many.
func TestTrapCustomersWithoutAnID(t *testing.T) {
	a := open(t, sandbox.Config{Records: 300, Seed: 3}, nil)
	for _, id := range []any{nil, ""} {
		if _, err := a.share.Put("customer", sandbox.Fields{"customer_id": id}); err != nil {
			t.Fatal(err)
		}
	}
	lacking := len(a.truth("customer", "")) - len(a.truth("customer", "customer_id"))
	known := map[any]bool{}
	for _, row := range a.truth("customer", "customer_id") {
		known[row["customer_id"]] = true
	}
	r := a.mustRead("customer", crm.Request{})
	if len(r.records) != len(known) {
		t.Errorf("%d records of %d customers", len(r.records), len(known))
	}
	want := " rows of customer have no customer_id and are left out"
	if lacking < 2 || r.notice != strconv.Itoa(lacking)+want {
		t.Errorf("%q, %d are lacking", r.notice, lacking)
	}
}

// An estimate without its id is no such row: it is handed on, to be kept for people
// to see.
func TestAnEstimateWithoutAnIDIsHandedOn(t *testing.T) {
	a := open(t, sandbox.Config{Records: 5}, nil)
	if _, err := a.share.Put("estimate", sandbox.Fields{"estimate_id": nil}); err != nil {
		t.Fatal(err)
	}
	a.compare("estimate", "", a.mustRead("estimate", crm.Request{}).records)
}

// The time of the question counts in, that of the end does not: rows of the very
// millisecond of a watermark are neither lost nor read by both of two ranges.
func TestTrapRowsOfTheSameMillisecond(t *testing.T) {
	a := open(t, sandbox.Config{Records: 10}, nil)
	edge := noon.Add(time.Hour).Add(384 * time.Millisecond)
	for i, at := range []time.Time{edge.Add(-time.Millisecond), edge, edge, edge.Add(time.Millisecond)} {
		fields := sandbox.Fields{"payment_id": "p" + strconv.Itoa(i), "updated_at": at.Format("2006-01-02 15:04:05.000")}
		if _, err := a.share.Put("payments", fields); err != nil {
			t.Fatal(err)
		}
	}
	ids := func(req crm.Request) string {
		var all []string
		for _, record := range a.mustRead("payments", req).records {
			if id := strings.Trim(string(rawjson.Member([]byte(record), "payment_id")), `"`); len(id) == 2 {
				all = append(all, id)
			}
		}
		return strings.Join(all, " ")
	}
	for name, c := range map[string]struct {
		req  crm.Request
		want string
	}{
		"from it":           {crm.Request{Since: edge}, "p1 p2 p3"},
		"from a part of it": {crm.Request{Since: edge.Add(400 * time.Microsecond)}, "p1 p2 p3"},
		"up to it":          {crm.Request{Until: edge}, "p0"},
		"up to behind it":   {crm.Request{Until: edge.Add(time.Microsecond)}, "p0 p1 p2"},
		"between":           {crm.Request{Since: edge, Until: edge.Add(time.Millisecond)}, "p1 p2"},
	} {
		if got := ids(c.req); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A row that does not say when it changed may have changed at any time, so every span has
// it, and none is scanned for it. Where several rows have one key only whole reads tell
// whether it is the one that counts.
func TestTrapRowsWithoutATimeOfChangeAreInEverySpan(t *testing.T) {
	a := open(t, sandbox.Config{Records: 10}, nil)
	for name, c := range map[string]struct {
		fields sandbox.Fields
		always bool
	}{
		"payments":      {sandbox.Fields{"payment_id": "timeless", "updated_at": nil}, true},
		"user_activity": {sandbox.Fields{"activity_note": "timeless", "created_at": nil}, true},
		"customer":      {sandbox.Fields{"customer_id": "timeless", "updated_at": nil}, false},
		"lead_results":  {sandbox.Fields{"estimate_id": "timeless", "updated_at": nil}, false},
	} {
		if _, err := a.share.Put(name, c.fields); err != nil {
			t.Fatal(err)
		}
		var whole int64
		for _, span := range []struct {
			req  crm.Request
			want bool
		}{
			{crm.Request{}, true},
			{crm.Request{Since: noon.AddDate(-5, 0, 0)}, c.always},
			{crm.Request{Since: noon}, c.always},
			{crm.Request{Until: noon.AddDate(-5, 0, 0)}, c.always},
			{crm.Request{Since: noon, Until: noon.Add(time.Hour)}, c.always},
		} {
			r := a.mustRead(name, span.req)
			if has := strings.Contains(strings.Join(r.records, ""), "timeless"); has != span.want {
				t.Errorf("%s from %s until %s: it is shown: %v", name, span.req.Since, span.req.Until, has)
			}
			if whole = max(whole, r.bill.Scanned); r.bill.Scanned != whole {
				t.Errorf("%s: %d bytes are scanned, and %d for all", name, r.bill.Scanned, whole)
			}
		}
	}
}

// A table that not every share has is an absent stream; any other is an error, and so
// is a database that is not there.
func TestTrapATableThatIsNotThere(t *testing.T) {
	for _, traps := range []string{"", "nometadata=denied"} {
		a := open(t, sandbox.Config{Records: 5}, nil)
		a.trap(traps)
		for name, c := range map[string]struct {
			stream   string
			optional bool
			settings map[string]string
			want     crm.Code
		}{
			"one that need not be":         {"measure_sheet", true, nil, crm.CodeStreamAbsent},
			"one that has to be":           {"payments", false, nil, crm.CodeNotFound},
			"a database that is not there": {"measure_sheet", true, map[string]string{"database": "elsewhere"}, crm.CodeNotFound},
		} {
			s := stream(t, c.stream)
			if c.settings == nil {
				s.Name = "no_" + s.Name
			}
			if s.Optional != c.optional {
				t.Errorf("%s is optional: %v", c.stream, s.Optional)
			}
			a.reconnect(c.settings)
			r := a.walk(t.Context(), s, crm.Request{}, nil)
			if crm.CodeOf(r.err) != c.want || len(r.records) > 0 {
				t.Errorf("%s, %s: %v", traps, name, r.err)
			}
			if err := a.connector.Check(t.Context(), s); traps == "" && crm.CodeOf(err) != c.want {
				t.Errorf("%s: Check says %v", name, err)
			}
		}
	}
}

// A result that is not found is no table that is not there: the stream would be left
// out from then on.
func TestAFileThatIsNotFoundIsNoAbsentStream(t *testing.T) {
	a := open(t, sandbox.Config{Records: 30}, nil)
	a.trap("latefile=1000")
	codeIs(t, a.read("measure_sheet", crm.Request{}, nil).err, crm.CodeNotFound)
}

func TestCheck(t *testing.T) {
	a := open(t, sandbox.Config{Records: 5}, nil)
	for _, s := range salespro.Source().Streams {
		if err := a.connector.Check(t.Context(), s); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if a.share.Athena.Scanned() != 0 {
		t.Error("it costs something")
	}
	a.reconnect(map[string]string{"secret_access_key": "wrong", "access_key_id": "AKIDWRONGWRONGWRONG1"})
	codeIs(t, a.connector.Check(t.Context(), stream(t, "payments")), crm.CodeAuth)
	a.reconnect(map[string]string{"workgroup": "nobodys"})
	codeIs(t, a.connector.Check(t.Context(), stream(t, "payments")), crm.CodeNotFound)
	a.reconnect(nil)
	a.trap("exhausted")
	codeIs(t, a.connector.Check(t.Context(), stream(t, "payments")), crm.CodeTooLarge)
}

func TestTrapTheKeyIsWrong(t *testing.T) {
	a := open(t, sandbox.Config{Records: 5}, map[string]string{"access_key_id": "AKIDWRONGWRONGWRONG1", "secret_access_key": "very-secret-words"})
	r := a.read("payments", crm.Request{}, nil)
	codeIs(t, r.err, crm.CodeAuth)
	if strings.Contains(r.err.Error(), "very-secret") || len(a.queries()) != 0 {
		t.Errorf("%v", r.err)
	}
}

// A query that has scanned more than it may is stopped, and what it scanned is paid
// for.
func TestAQueryThatScansTooMuchIsStopped(t *testing.T) {
	a := open(t, sandbox.Config{Records: 3000}, nil)
	a.trap("querytime=1h")
	r := a.read("estimate", crm.Request{MaxScan: 10}, nil)
	codeIs(t, r.err, crm.CodeBudget)
	if got := a.queries(); len(got) != 1 || got[0] != "CANCELLED" || r.bill.Scanned <= 10 {
		t.Errorf("%q, %+v", got, r.bill)
	}
	if r := a.mustRead("estimate", crm.Request{MaxScan: 1 << 40}); len(r.records) == 0 {
		t.Error("nothing was read")
	}
}

// What the first attempt scanned the second one may not.
func TestAttemptsShareWhatMayBeScanned(t *testing.T) {
	a := open(t, sandbox.Config{Records: 3000}, nil)
	whole := a.mustRead("estimate", crm.Request{}).bill.Scanned
	a.trap("failed=1,querytime=1h")
	r := a.read("estimate", crm.Request{MaxScan: whole + whole/2}, nil)
	codeIs(t, r.err, crm.CodeBudget)
	if got := a.queries(); len(got) != 3 || got[2] != "CANCELLED" {
		t.Errorf("%q", got)
	}
}

// With partitions an incremental run scans the days that it needs.
func TestPartitionsScanFewerBytes(t *testing.T) {
	scanned := func(settings map[string]string) (int64, []string) {
		a := open(t, sandbox.Config{Records: 500, Partitioned: true}, settings)
		r := a.mustRead("user_activity", crm.Request{Since: noon.AddDate(0, 0, -3)})
		slices.Sort(r.records)
		return r.bill.Scanned, r.records
	}
	all, want := scanned(nil)
	few, got := scanned(map[string]string{"partitions": " user_activity.dt "})
	if few == 0 || few > all/20 {
		t.Errorf("%d of %d bytes", few, all)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Errorf("%d rows; %s", len(got), diff)
	}
}

func TestResultFilesAreDeletedWhenTheyWereRead(t *testing.T) {
	for _, way := range []string{"file", "unload", "unload-parquet"} {
		t.Run(way, func(t *testing.T) {
			a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5000}}, map[string]string{"results": way, "delete_results": "true"})
			r := a.read("payments", crm.Request{}, func(page int) bool { return page < 2 })
			if len(r.pages) != 2 || len(a.share.Athena.Objects()) == 0 {
				t.Errorf("what was read in part is gone: %q", a.share.Athena.Objects())
			}
			before := len(a.share.Athena.Objects())
			a.compare("payments", "", a.mustRead("payments", crm.Request{}).records)
			if left := a.share.Athena.Objects(); len(left) != before {
				t.Errorf("%d objects, then %q", before, left)
			}
			a.reconnect(map[string]string{"delete_results": "false"})
			a.mustRead("payments", crm.Request{})
			if left := a.share.Athena.Objects(); len(left) <= before {
				t.Errorf("deleted although nobody asked: %q", left)
			}
		})
	}
}

// Who does not want more gets no more, and the query that was read is not stopped.
func TestReadingEndsWhenNobodyWantsMore(t *testing.T) {
	for _, way := range []string{"file", "pages", "unload", "unload-parquet"} {
		a := open(t, sandbox.Config{Rows: map[string]int{"payments": 9000}}, map[string]string{"results": way})
		r := a.read("payments", crm.Request{}, func(int) bool { return false })
		if len(r.pages) != 1 || len(r.records) != 2000 || r.pages[0].Last {
			t.Errorf("%s: %d pages, %d records", way, len(r.pages), len(r.records))
		}
	}
}

// A run that is interrupted stops its query, and the run after it starts it anew, also
// where run after run is interrupted and none can say how far it came.
func TestAnInterruptedRunStopsItsQuery(t *testing.T) {
	a := open(t, sandbox.Config{Records: 50}, nil)
	token := a.started("payments")
	for runs := 1; runs <= 7; runs++ {
		a.trap("querytime=1000h")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		a.clock.onWait = func() {
			if len(a.queries()) == runs {
				cancel()
			}
		}
		r := a.walk(ctx, stream(t, "payments"), crm.Request{Resume: token}, nil)
		codeIs(t, r.err, crm.CodeCancelled)
		if got := a.queries(); len(got) != runs || got[runs-1] != "CANCELLED" {
			t.Fatalf("run %d: %q", runs, got)
		}
	}
	a.clock.onWait = nil
	a.trap("")
	a.compare("payments", "", a.mustRead("payments", crm.Request{Resume: token}).records)
	if n := len(a.queries()); n != 8 {
		t.Errorf("%d queries", n)
	}
}

// A column that the vendor has added is told of in the run that finds it, by the
// description that the run reads anyway: it costs no call and no byte.
func TestAColumnThatTheVendorAddedIsToldOf(t *testing.T) {
	a := open(t, sandbox.Config{Records: 30}, nil)
	plain := a.mustRead("payments", crm.Request{})
	calls := a.share.Requests()["Athena.GetTableMetadata 200"]
	if a.notices() != "" {
		t.Error(a.notices())
	}
	s := stream(t, "payments")
	i := s.FieldIndex("payment_type")
	s.Fields = slices.Delete(s.Fields, i, i+1)
	r := a.walk(t.Context(), s, crm.Request{}, nil)
	if r.err != nil || !strings.Contains(a.notices(), "the table payments has columns that no field takes: payment_type (") {
		t.Errorf("%v, %q", r.err, a.notices())
	}
	if n := a.share.Requests()["Athena.GetTableMetadata 200"]; n != 2*calls || r.bill.Scanned >= plain.bill.Scanned {
		t.Errorf("%d calls, were %d; %d bytes, were %d", n, calls, r.bill.Scanned, plain.bill.Scanned)
	}
	s.NewField = crm.ReactFreeze
	if r := a.walk(t.Context(), s, crm.Request{}, nil); crm.CodeOf(r.err) != crm.CodeSchema || len(a.queries()) != 2 {
		t.Errorf("%v, %q", r.err, a.queries())
	}
}
