package salespro

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/athena"
)

func TestQueriesReadTheShare(t *testing.T) {
	s := start(t, Config{Records: 300})
	must(t)(s.Change(Customer, Random(4)))
	must(t)(s.Delete(Customer, Random(2)))
	must(t)(s.Insert(Customer, 3))
	for query, want := range map[string]int{
		`SELECT count(*) FROM "salespro_demo"."customer"`:                                1 + 1,
		`SELECT * FROM customer WHERE updated_at >= TIMESTAMP '2026-03-02 00:00:00.000'`: 1 + 7,
	} {
		if got := strings.Count(s.csv(query), "\n"); got != want {
			t.Errorf("%s\n%d lines; want %d", query, got, want)
		}
	}
	if got := s.csv(`SELECT count(*) FROM customer`); got != "\"_col0\"\n\"301\"\n" {
		t.Errorf("count %q", got)
	}
	if got := s.Athena.Queries(); len(got) != 3 || s.State().Queries != 3 || s.State().Scanned != s.Athena.Scanned() || s.Athena.Scanned() == 0 {
		t.Errorf("queries %v", got)
	}
}

func TestActivityLiesInPartitionsByDay(t *testing.T) {
	s := start(t, Config{Records: 300, Partitioned: true})
	days := map[string]int{}
	for _, row := range s.all(Activity) {
		days[row["created_at"][:10]]++
	}
	for line := range strings.SplitSeq(strings.TrimSpace(s.csv(`SELECT dt, count(*) FROM user_activity GROUP BY dt`)), "\n") {
		day, n, _ := strings.Cut(strings.ReplaceAll(line, `"`, ""), ",")
		if day == "dt" {
			continue
		}
		if want := days[day]; n != itoa(want) {
			t.Errorf("%s has %s rows; want %d", day, n, want)
		}
		delete(days, day)
	}
	if len(days) != 0 {
		t.Errorf("days without a partition: %v", days)
	}
	before := s.Athena.Scanned()
	s.csv(`SELECT user_id FROM user_activity WHERE dt >= '2026-02-20'`)
	some := s.Athena.Scanned() - before
	s.csv(`SELECT user_id FROM user_activity`)
	if all := s.Athena.Scanned() - before - some; some == 0 || some > all/20 {
		t.Errorf("ten days cost %d bytes, all %d", some, all)
	}
}

func itoa(n int) string {
	text := appendPadded(nil, n, 1)
	return string(text)
}

func TestControls(t *testing.T) {
	traps, err := ParseTraps("500=1,throttle=1")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Config{Records: 50, Traps: traps}) // no trap applies to the controls
	var out changed
	for _, tc := range []struct {
		path, body string
		rows       []int
	}{
		{"customer/change", `{"rows":[3]}`, []int{3}}, {"customer/insert", `{"n":2}`, []int{50, 51}}, {"customer/delete", `{"rows":[50,9]}`, []int{9, 50}},
		{"customer/put", `{"fields":{"customer_id":"C1"}}`, []int{52}}, {"customer/put", `{"row":52,"fields":{"customer_id":null}}`, []int{52}},
		{"geographic_hotspot/rebuild", `{}`, []int{}}, {"customer/change", ``, []int{}}, {"estimate/put", `{"fields":{"sale_amount":12.5}}`, []int{65}},
	} {
		if status, body := s.control(http.MethodPost, tc.path, tc.body, &out); status != 200 || !slices.Equal(out.Rows, tc.rows) {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, status, body)
		}
	}
	if got := s.row(Customer, 52)["customer_id"]; got != "NULL" {
		t.Errorf("customer_id %s", got)
	}
	var state State
	if status, body := s.control(http.MethodPost, "traps", `{"traps":"requeue"}`, &state); status != 200 || state.Traps != "requeue" || s.Traps() != (Traps{Requeue: true}) {
		t.Errorf("%d %s", status, body)
	}
	s.csv("SELECT 1")
	if _, body := s.control(http.MethodGet, "state", "", &state); state.Tables[Customer] != 51 || state.Database != DefaultDatabase || state.Output != "s3://leap-shared-results/salespro_demo/" || state.Queries != 1 {
		t.Errorf("%s", body)
	}
	if state.Requests["Athena.StartQueryExecution 200"] != 1 || state.Requests["Athena.GetQueryExecution 200"] < 3 {
		t.Errorf("requests %v", state.Requests)
	}
	var queries []athena.Query
	if _, body := s.control(http.MethodGet, "queries", "", &queries); len(queries) != 1 || queries[0].Text != "SELECT 1" {
		t.Errorf("%s", body)
	}
	for path, begin := range map[string]string{"users.csv": "objectId,username,", "offices.csv": "objectId,name,", "payments.ndjson": `{"payment_id":"`} {
		if status, body := s.control(http.MethodGet, path, "", nil); status != 200 || !strings.HasPrefix(body, begin) {
			t.Errorf("%s: %d %.80s", path, status, body)
		}
	}
	if _, body := s.control(http.MethodGet, "customer.ndjson", "", nil); strings.Count(body, "\n") != 51 || !strings.Contains(body, `"customer_id":null`) {
		t.Errorf("customer.ndjson: %.300s", body)
	}
}

func TestControlsRefuseWhatTheyDoNotKnow(t *testing.T) {
	s := start(t, Config{Records: 5})
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "customer/change", `{"count":3}`, 400, "count"},
		{"POST", "customer/change", `nonsense`, 400, "usage"},
		{"POST", "nowhere/change", `{"n":1}`, 400, "Use one of customer, estimate"},
		{"POST", "customer/put", `{"row":99,"fields":{}}`, 404, "no row 99"},
		{"POST", "traps", `{"traps":"requeu"}`, 400, "Did you mean requeue?"},
		{"GET", "nowhere.ndjson", "", 404, ""},
		{"GET", "customer.csv", "", 404, ""},
	} {
		if status, body := s.control(tc.method, tc.path, tc.body, nil); status != tc.status || !strings.Contains(body, tc.want) {
			t.Errorf("%s %s: %d %s", tc.path, tc.body, status, body)
		}
	}
}

func TestTrapsHaveHelp(t *testing.T) {
	if got := TrapHelp(); len(got) < 30 {
		t.Errorf("%d traps", len(got))
	}
}

func TestConcurrentUse(t *testing.T) {
	s := start(t, Config{Records: 200})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				_, _ = s.Change(Customer, Random(3))
				_, _ = s.Insert(Customer, 1)
				_, _ = s.Delete(Customer, Random(1))
				_ = s.Rebuild(Hotspot)
				for range s.Rows(Customer) {
				}
				_ = s.State()
				s.SetTraps(s.Traps())
			}
		})
	}
	all.Wait()
	if got := len(s.all(Customer)); got != 200 || s.Count(Customer) != 200 {
		t.Errorf("%d rows, counted %d; want 200", got, s.Count(Customer))
	}
}

func TestServeStopsWithItsContext(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	s, err := New(Config{Records: 3})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, ln) }()
	res, err := http.Get("http://" + ln.Addr().String() + "/sandbox/state")
	if err != nil || res.StatusCode != 200 {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	t.Setenv("TMPDIR", "/nowhere")
	if _, err := New(Config{}); err == nil {
		t.Error("it starts without a directory")
	}
}
