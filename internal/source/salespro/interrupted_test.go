package salespro_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// What a query cost that an interruption stopped, or found at its end, is in the history
// of the run that was interrupted, and of no other: neither of the next one, which finds
// the query again, nor of the day's budget a second time.
func TestL4TheBillOfAnInterruptedQueryIsInTheHistoryOnce(t *testing.T) {
	for name, late := range map[string]time.Duration{"stopped": 0, "at its end before it was stopped": time.Hour} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, sandbox.Config{Rows: map[string]int{"payments": 300}}, func(w *world) {
				whole := w.mustRead("payments", crm.Request{}).bill.Scanned
				w.trap("querytime=10m")
				ctx, cancel := context.WithCancel(w.t.Context())
				defer cancel()
				var once sync.Once
				interrupt := func() {
					w.clock.mu.Lock()
					w.clock.now = w.clock.now.Add(late)
					w.clock.mu.Unlock()
					for late > 0 && w.queries()[1] != "SUCCEEDED" {
						runtime.Gosched() // its result is being written
					}
					cancel()
				}
				w.clock.onWait = func() {
					if w.share.Athena.Scanned() == 2*whole {
						once.Do(interrupt)
					}
				}
				run, err := w.tryIn(ctx, "payments", engine.Ask{})
				codeIs(w.t, err, crm.CodeCancelled)
				w.clock.onWait = nil
				first := w.share.Athena.Scanned() - whole
				if run.Status != crm.StatusCancelled || run.Bill.Scanned != first || run.Bill.Dollars == 0 {
					w.t.Errorf("%+v of %d scanned", run.Bill, first)
				}
				w.trap("")
				w.clock.now = w.clock.now.Add(time.Minute)
				w.reconnect(nil)
				next := w.run("payments", engine.Ask{})
				if spent := w.share.Athena.Scanned() - whole - first; next.Bill.Scanned != spent || late > 0 && spent != 0 {
					w.t.Errorf("the next run: %+v of %d scanned", next.Bill, spent)
				}
				if w.count("ingestion_salespro_payments") != "300" {
					w.t.Error(counted(next.Counts))
				}
				runs, err := ledger.History(w.t.Context(), w.db, ledger.Filter{})
				if err != nil || len(runs) != 2 || runs[1].Bill != run.Bill || runs[0].Bill != next.Bill {
					w.t.Errorf("%v: %+v", err, runs)
				}
			})
		})
	}
}

// A query that may not be stopped goes on, and is paid for as it goes: in part by the run
// that was interrupted, for the rest by the one that finds it again.
func TestTrapTheKeyMayNotStopQueries(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 300}}, nil)
	front := a.unstoppable()
	a.reconnect(map[string]string{"endpoint": front.url})
	a.trap("querytime=10m")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.clock.onWait = func() {
		if front.told.Load() {
			cancel()
		}
	}
	token := a.started("payments")
	before := a.walk(ctx, stream(t, "payments"), crm.Request{Resume: token}, nil)
	codeIs(t, before.err, crm.CodeCancelled)
	if !strings.Contains(before.err.Error(), "could not be stopped") || len(before.paid) != 1 {
		t.Fatalf("%v, %d pages say what was paid", before.err, len(before.paid))
	}
	a.clock.onWait = nil
	a.reconnect(nil)
	after := a.mustRead("payments", crm.Request{Resume: before.paid[0].Checkpoint})
	a.compare("payments", "", after.records)
	if n := len(a.queries()); n != 1 || before.bill.Scanned+after.bill.Scanned != a.share.Athena.Scanned() {
		t.Errorf("%d queries, %+v and %+v of %d scanned", n, before.bill, after.bill, a.share.Athena.Scanned())
	}
}

// What a run finds of an earlier one's and stops itself, for its time or for the bound, is
// not begun once more: that would be paid for twice. The bound is on what it scans from
// then on, and not on what the earlier run has paid.
func TestAQueryThatIsFoundAndStoppedIsNotBegunAgain(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		share    float64 // of what the query still scans that the run may have scanned; 0 for no bound
		code     crm.Code
	}{
		"for its time":         {map[string]string{"timeout": "2m"}, 0, crm.CodeTimeout},
		"for the bound":        {nil, 0.5, crm.CodeBudget},
		"not within its bound": {nil, 1.1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t, sandbox.Config{Rows: map[string]int{"payments": 300}}, nil)
			whole := a.mustRead("payments", crm.Request{}).bill.Scanned
			a.trap("querytime=10m")
			front := a.unstoppable()
			a.reconnect(map[string]string{"endpoint": front.url})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			a.clock.onWait = func() {
				if front.told.Load() {
					cancel()
				}
			}
			before := a.walk(ctx, stream(t, "payments"), crm.Request{Resume: a.started("payments")}, nil)
			codeIs(t, before.err, crm.CodeCancelled)
			a.clock.onWait = nil
			for a.share.Athena.Scanned() < 2*whole {
				runtime.Gosched() // it is scanned long before the query ends
			}
			a.reconnect(c.settings)
			var told map[string]any // what the earlier run says, had it paid for a quarter
			if err := json.Unmarshal([]byte(before.paid[0].Checkpoint), &told); err != nil {
				t.Fatal(err)
			}
			told["scanned"] = whole / 4
			checkpoint, _ := json.Marshal(told) //nolint:errchkjson // as it was read
			after := a.read("payments", crm.Request{Resume: string(checkpoint), MaxScan: int64(c.share * float64(whole-whole/4))}, nil)
			if failed := after.err != nil; failed != (c.code != "") || failed && crm.CodeOf(after.err) != c.code {
				t.Fatalf("%v, want %s", after.err, c.code)
			}
			if n := len(a.queries()); n != 2 || after.bill.Scanned > whole-whole/4 {
				t.Errorf("%d queries, %+v", n, after.bill)
			}
			for _, page := range after.paid {
				if page.Vain != (c.code != "") {
					t.Errorf("it led to nothing: %v", page.Vain)
				}
			}
		})
	}
}

// front is an address before a share at which queries cannot be stopped.
type front struct {
	url  string
	told atomic.Bool // somebody has been told that something was scanned
}

func (a *account) unstoppable() *front {
	f, from := &front{}, a.share.Athena.Scanned()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".StopQueryExecution") {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type":"AccessDeniedException","Message":"not authorized to perform: athena:StopQueryExecution"}`))
			return
		}
		some := a.share.Athena.Scanned() > from
		a.share.ServeHTTP(w, r)
		if some && strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetQueryExecution") {
			f.told.Store(true)
		}
	}))
	a.t.Cleanup(web.Close)
	f.url = web.URL
	return f
}
