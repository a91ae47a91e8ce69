package athena

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/athena"
	data "github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// The client against the simulated services, over a real socket.

const (
	dealCount = 2500
	allDeals  = `SELECT "id", "note", "amount", "updated_at" FROM "deals"`
	lake      = "s3://lake/unload/run-1/"
)

// notes are what the third cell of a row holds, in turn.
var notes = [...]data.Value{{}, data.Text(""), data.Text("say \"hi\", twice"), data.Text("two\r\nlines\n"), data.Text("ü🐇,")}

// dealRow is what row i should be read as.
func dealRow(i int) string {
	note := "NULL"
	if v := notes[i%len(notes)]; !v.IsNull() {
		note = "'" + v.Str() + "'"
	}
	return fmt.Sprintf("'d%d' %s '%d.50' '2026-03-01 12:00:00.%03d'", i, note, i, i%1000)
}

// deals is a table with all that a file can hold.
func deals() *data.Table {
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &data.Table{
		Name:          "deals",
		Columns:       []data.Column{{Name: "id", Type: "string"}, {Name: "note", Type: "string"}, {Name: "amount", Type: "decimal(12,2)"}, {Name: "updated_at", Type: "timestamp"}},
		PartitionKeys: []data.Column{{Name: "dt", Type: "string"}},
		Rows: func(yield func([]data.Value) bool) {
			for i := range dealCount {
				at := start.Add(time.Duration(i%1000) * time.Millisecond)
				row := []data.Value{data.Text(fmt.Sprintf("d%d", i)), notes[i%len(notes)], data.Decimal(fmt.Sprintf("%d.50", i)), data.Time(at), data.Text("2026-03-01")}
				if !yield(row) {
					return
				}
			}
		},
	}
}

// site is the simulated services and a client of them.
type site struct {
	*sandbox.Server
	*Client
}

func simulated(t *testing.T, traps string, change func(*Config)) site {
	t.Helper()
	set, err := sandbox.ParseTraps(traps)
	if err != nil {
		t.Fatal(err)
	}
	clock := crmtest.NewClock(time.Now().UTC())
	t.Setenv("TMPDIR", t.TempDir())
	s, err := sandbox.New(sandbox.Config{
		Catalog: data.Catalog{"salespro": {"deals": deals(), "everything": all()}},
		Buckets: []string{"results", "lake"}, Output: "s3://results/group/", Clock: clock, Seed: 1, Traps: set, GroupRows: 300,
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return site{s, dial(t, transport, func(c *Config) {
		c.Endpoint, c.Clock, c.WorkGroup = web.URL, clock, ""
		c.AccessKey, c.SecretKey, c.SessionToken = sandbox.DefaultAccessKey, sandbox.DefaultSecretKey, ""
		if change != nil {
			change(c)
		}
	})}
}

// run runs a query to its end.
func (s site) run(t *testing.T, text string) (Execution, error) {
	t.Helper()
	id, err := s.Start(t.Context(), Query{Text: text, Token: token})
	if err != nil {
		return Execution{}, err
	}
	return s.Await(t.Context(), id, 0)
}

// mustRun is run for a query that has to end well.
func (s site) mustRun(t *testing.T, text string) Execution {
	t.Helper()
	x, err := s.run(t, text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func wantDeals() (want []string) {
	for i := range dealCount {
		want = append(want, dealRow(i))
	}
	return want
}

func TestSandboxAllRowsComeWhateverHappens(t *testing.T) {
	for _, traps := range []string{
		"", "requeue", "querytime=90s,queuetime=30s", "throttle=3", "internal=3", "throttle=4,internal=5", "latefile=3", "cut=2", "s3slowdown=2",
		"s3slowdown=3,cut=2,latefile=1", "s3closed", "managed", "enforced", "reset=5",
	} {
		t.Run(traps, func(t *testing.T) {
			s := simulated(t, traps, nil)
			x := s.mustRun(t, allDeals)
			if x.Scanned == 0 || x.Kind != "SELECT" {
				t.Errorf("scanned %d of a %s", x.Scanned, x.Kind)
			}
			for _, mode := range []Mode{Auto, Pages} {
				rows, err := read(t, results(t, s.Client, x, Options{Mode: mode}))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(wantDeals(), rows); diff != "" {
					t.Fatalf("mode %d: %s", mode, diff)
				}
			}
			if traps == "" && !strings.Contains(fmt.Sprint(s.Requests()), "S3.GetObject") {
				t.Errorf("nobody read the file: %v", s.Requests())
			}
		})
	}
}

func TestSandboxColumnsOfAResult(t *testing.T) {
	s := simulated(t, "", nil)
	x := s.mustRun(t, allDeals)
	want := []Column{{Name: "id", Type: "varchar"}, {Name: "note", Type: "varchar"}, {Name: "amount", Type: "decimal(12,2)"}, {Name: "updated_at", Type: "timestamp"}}
	for _, mode := range []Mode{File, Pages} {
		if diff := cmp.Diff(want, results(t, s.Client, x, Options{Mode: mode}).Columns()); diff != "" {
			t.Errorf("mode %d: %s", mode, diff)
		}
	}
}

func TestSandboxAReadingGoesOnWhereItStopped(t *testing.T) {
	s := simulated(t, "", nil)
	x := s.mustRun(t, allDeals)
	for _, mode := range []Mode{File, Pages} {
		for _, stop := range []int{0, 1, 998, 999, 1000, dealCount} {
			r := results(t, s.Client, x, Options{Mode: mode})
			for range stop {
				r.Next(t.Context())
			}
			rows, err := read(t, results(t, s.Client, x, Options{From: carried(t, r.Position())}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(wantDeals()[stop:], append([]string{}, rows...)); diff != "" {
				t.Errorf("mode %d behind row %d: %s", mode, stop, diff)
			}
		}
	}
}

func TestSandboxARestartedProcessFindsItsQuery(t *testing.T) {
	s := simulated(t, "querytime=1h", nil)
	first, err1 := s.Start(t.Context(), Query{Text: allDeals, Token: token})
	again, err2 := s.Start(t.Context(), Query{Text: allDeals, Token: token})
	if err1 != nil || err2 != nil || first != again || len(s.Queries()) != 1 {
		t.Errorf("queries %s and %s of %d: %v, %v", first, again, len(s.Queries()), err1, err2)
	}
	_, err := s.Start(t.Context(), Query{Text: allDeals + " LIMIT 1", Token: token})
	mustFail(t, err, crm.CodeSourceRefused)
}

func TestSandboxWhatFails(t *testing.T) {
	tests := []struct {
		traps, text string
		code        crm.Code
		retry       bool
	}{
		{"failed", allDeals, crm.CodeSourceDown, true},
		{"failedbare", allDeals, crm.CodeSourceDown, true},
		{"exhausted", allDeals, crm.CodeTooLarge, false},
		{"deniedglue", allDeals, crm.CodeForbidden, false},
		{"slowdown", allDeals, crm.CodeRateLimit, true},
		{"", "SELEC 1", crm.CodeSourceRefused, false},
		{"", `SELECT "nope" FROM "deals"`, crm.CodeSourceRefused, false},
		{"", `SELECT "id" FROM "orders"`, crm.CodeNotFound, false},
		{"", `SELECT "id" FROM "deals" WHERE "id" > TIMESTAMP '2026-01-01 00:00:00'`, crm.CodeSourceRefused, false},
	}
	for _, test := range tests {
		t.Run(test.traps+test.text, func(t *testing.T) {
			_, err := simulated(t, test.traps, nil).run(t, test.text)
			if e := explained(t, err, test.code); e.Retryable != test.retry {
				t.Errorf("retryable %t: %v", e.Retryable, e)
			}
		})
	}
}

func TestSandboxAFileRewrittenMeanwhile(t *testing.T) {
	s := simulated(t, "rewritten,cut=1", nil)
	x := s.mustRun(t, allDeals)
	r, err := s.Results(t.Context(), x, Options{Mode: File})
	if err == nil {
		_, err = read(t, r)
		_ = r.Close()
	}
	if e := explained(t, err, crm.CodeBadAnswer); !e.Retryable {
		t.Errorf("not retryable: %v", e)
	}
}

func TestSandboxAWrongKey(t *testing.T) {
	s := simulated(t, "", func(c *Config) { c.AccessKey = "AKIAWRONGWRONGWRONG1" })
	_, err := s.run(t, allDeals)
	e := explained(t, err, crm.CodeAuth)
	mustHave(t, e.Error(), "…ONG1")
}

func TestSandboxColumns(t *testing.T) {
	got, err := simulated(t, "", nil).Columns(t.Context(), "deals")
	if err != nil || len(got.Columns) != 4 || got.Columns[2].Type != "decimal(12,2)" || len(got.Partitions) != 1 || got.Partitions[0].Name != "dt" {
		t.Errorf("%+v: %v", got, err)
	}
	_, err = simulated(t, "", nil).Columns(t.Context(), "orders")
	mustFail(t, err, crm.CodeNotFound)
	for _, traps := range []string{"nometadata", "nometadata=500"} {
		_, err := simulated(t, traps, nil).Columns(t.Context(), "deals")
		if !errors.Is(err, ErrNoMetadata) {
			t.Errorf("%s: %v", traps, err)
		}
	}
}

func TestSandboxAQueryThatIsStopped(t *testing.T) {
	s := simulated(t, "querytime=2h", nil)
	x, err := s.run(t, allDeals)
	mustFail(t, err, crm.CodeTimeout)
	if x.State != Cancelled {
		t.Errorf("state %s", x.State)
	}
}

func TestSandboxUnload(t *testing.T) {
	for _, traps := range []string{"", "latefile=1,cut=3"} {
		t.Run(traps, func(t *testing.T) {
			s := simulated(t, traps, nil)
			text, err := Unload(`SELECT "id", "note" FROM "deals"`, lake, JSON)
			if err != nil {
				t.Fatal(err)
			}
			x := s.mustRun(t, text)
			r, err := s.Unloaded(t.Context(), x, lake, Options{Delete: true})
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for r.Next(t.Context()) {
				seen[string(r.Row())] = true
			}
			if r.Err() != nil || len(seen) != dealCount || !seen[`{"id":"d0"}`] || !seen[`{"id":"d1","note":""}`] {
				t.Errorf("%d objects: %v", len(seen), r.Err())
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			for _, left := range s.Objects() {
				if strings.Contains(left, "unload/") || strings.Contains(left, "manifest") {
					t.Errorf("%s is left", left)
				}
			}
		})
	}
	s := simulated(t, "", nil)
	text, err := Unload(`SELECT "id" FROM "deals" WHERE "id" = 'nobody'`, lake, JSON)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := readJSON(t, func() *JSONRows {
		r, err := s.Unloaded(t.Context(), s.mustRun(t, text), lake, Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		return r
	}())
	if len(rows) != 0 || err != nil {
		t.Errorf("%d rows of none: %v", len(rows), err)
	}
}
