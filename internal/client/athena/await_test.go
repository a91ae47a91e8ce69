package athena

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/warren-sync/warren/internal/crm"
)

func TestStartSaysWhatIsAskedAndWhere(t *testing.T) {
	f := play()
	id, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token})
	if err != nil || id != queryID {
		t.Fatalf("id %q: %v", id, err)
	}
	want := fields{
		"QueryString":           "SELECT 1",
		"ClientRequestToken":    token,
		"QueryExecutionContext": fields{"Catalog": "AwsDataCatalog", "Database": "salespro"},
		"ResultConfiguration":   fields{"OutputLocation": "s3://results/acme/"},
		"WorkGroup":             "sales",
	}
	if diff := cmp.Diff(want, f.input(t, "StartQueryExecution", 0)); diff != "" {
		t.Error(diff)
	}
}

func TestStartLeavesWorkGroupAndOutputToAthena(t *testing.T) {
	f := play()
	if _, err := dial(t, f, func(c *Config) { c.WorkGroup, c.Output = "", "" }).Start(t.Context(), Query{Text: "SELECT 1", Token: token}); err != nil {
		t.Fatal(err)
	}
	in := f.input(t, "StartQueryExecution", 0)
	if in["WorkGroup"] != nil || in["ResultConfiguration"] != nil {
		t.Errorf("it asked for %v", in)
	}
}

// The SDK makes a token for each call, so an own retry without one would start
// and pay the query twice.
func TestAllAttemptsToStartHaveOneToken(t *testing.T) {
	for _, given := range []string{"", token} {
		synctest.Test(t, func(t *testing.T) {
			f := play().on("StartQueryExecution", failing(errReset), refusal(400, "ThrottlingException", "Rate exceeded"), member("QueryExecutionId", queryID))
			if _, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: given}); err != nil {
				t.Fatal(err)
			}
			first := f.input(t, "StartQueryExecution", 0)["ClientRequestToken"].(string)
			for n := range 3 {
				if got := f.input(t, "StartQueryExecution", n)["ClientRequestToken"]; got != first || len(first) < 32 || given != "" && got != given {
					t.Errorf("attempt %d: token %v, the first was %v", n+1, got, first)
				}
			}
		})
	}
}

func TestStartRefusesWhatAthenaCannotTake(t *testing.T) {
	f := play()
	c := dial(t, f, nil)
	_, err := c.Start(t.Context(), Query{Text: "SELECT 1", Token: "short"})
	mustFail(t, err, crm.CodeInternal)
	_, err = c.Start(t.Context(), Query{Text: string(make([]byte, maxText+1)), Token: token})
	mustFail(t, err, crm.CodeTooLarge)
	if n := f.made("StartQueryExecution"); n != 0 {
		t.Errorf("%d calls", n)
	}
}

func TestATokenOfAnotherQueryIsRefused(t *testing.T) {
	f := play().on("StartQueryExecution", refusal(400, "InvalidRequestException", "Idempotent parameters do not match"))
	_, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token})
	e := explained(t, err, crm.CodeSourceRefused)
	mustHave(t, e.Message, "token")
}

func TestAwaitTellsWhatTheQueryDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Queued, nil), state(Running, nil), state(Succeeded, nil))
		x, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
		if err != nil {
			t.Fatal(err)
		}
		want := Execution{
			ID: queryID, State: Succeeded, Statement: "DML", Kind: "SELECT", WorkGroup: "primary", Output: output + queryID + ".csv",
			Scanned: 12_000_000, Looks: 3, Queued: 250 * time.Millisecond, Ran: 1500 * time.Millisecond, Total: 2 * time.Second,
			Submitted: time.UnixMilli(1700000000250).UTC(), Completed: time.UnixMilli(1700000002500).UTC(),
		}
		if diff := cmp.Diff(want, x, cmpopts.IgnoreUnexported(Execution{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTrapRunningFallsBackToQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil), state(Queued, nil), state(Running, nil), state(Queued, nil), state(Succeeded, nil))
		x, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
		if err != nil || x.State != Succeeded {
			t.Fatalf("state %s: %v", x.State, err)
		}
	})
}

func TestPollsBackOffToFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		polled := func(a answer) answer {
			return func(req *http.Request) (*http.Response, error) { at = append(at, time.Since(start)); return a(req) }
		}
		script := make([]answer, 0, 20)
		for range 19 {
			script = append(script, polled(state(Running, nil)))
		}
		f := play().on("GetQueryExecution", append(script, polled(state(Succeeded, nil)))...)
		if _, err := dial(t, f, nil).Await(t.Context(), queryID, 0); err != nil {
			t.Fatal(err)
		}
		if first := at[1] - at[0]; first != 200*time.Millisecond {
			t.Errorf("the second look came after %s", first)
		}
		if last := at[19] - at[18]; last != 5*time.Second {
			t.Errorf("the last wait was %s", last)
		}
		for i := 2; i < len(at); i++ {
			if at[i]-at[i-1] < at[i-1]-at[i-2] {
				t.Errorf("wait %d is shorter than the one before", i)
			}
		}
	})
}

func TestAnInterruptedQueryIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil), state(Running, nil), state(Cancelled, nil))
		left := errors.New("the user left")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(left) })
		x, err := dial(t, f, nil).Await(ctx, queryID, 0)
		e := explained(t, err, crm.CodeCancelled)
		if !errors.Is(e, left) || f.made("StopQueryExecution") != 1 {
			t.Errorf("stopped %d times: %v", f.made("StopQueryExecution"), e)
		}
		if got := f.input(t, "StopQueryExecution", 0)["QueryExecutionId"]; got != queryID {
			t.Errorf("stopped %v", got)
		}
		if x.Scanned != 12_000_000 {
			t.Errorf("scanned %d: what it cost is lost", x.Scanned)
		}
	})
}

func TestACallUnderWayIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", hanging, state(Cancelled, nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := dial(t, f, nil).Await(ctx, queryID, 0)
		mustFail(t, err, crm.CodeCancelled)
		if f.made("StopQueryExecution") != 1 {
			t.Error("the query was not stopped")
		}
	})
}

func TestAQueryThatTakesTooLongIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil))
		start := time.Now()
		x, err := dial(t, f, func(c *Config) { c.Timeout = time.Minute }).Await(t.Context(), queryID, 0)
		e := explained(t, err, crm.CodeTimeout)
		mustHave(t, e.Message, "60 s", queryID)
		if f.made("StopQueryExecution") != 1 || e.Retryable || x.Scanned != 12_000_000 {
			t.Errorf("stopped %d times, retryable %t, scanned %d", f.made("StopQueryExecution"), e.Retryable, x.Scanned)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAQueryThatScansTooMuchIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil), state(Cancelled, nil))
		x, err := dial(t, f, nil).Await(t.Context(), queryID, 11_999_999)
		e := explained(t, err, crm.CodeBudget)
		mustHave(t, e.Message, "12.0 MB", "stopped")
		if f.made("StopQueryExecution") != 1 || e.Retryable || x.State != Cancelled {
			t.Errorf("stopped %d times, retryable %t, state %s", f.made("StopQueryExecution"), e.Retryable, x.State)
		}
	})
}

func TestWhatIsPaidForIsRead(t *testing.T) {
	tests := map[string][]answer{
		"scanned too much and done":                   {state(Succeeded, nil)},
		"scanned too much and done before it stopped": {state(Running, nil), state(Succeeded, nil)},
		"scanned just as much as it may":              {state(Running, func(q fields) { q["Statistics"] = fields{"DataScannedInBytes": 1000} }), state(Succeeded, nil)},
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x, err := dial(t, play().on("GetQueryExecution", script...), nil).Await(t.Context(), queryID, 1000)
				if err != nil || x.State != Succeeded || x.Scanned != 12_000_000 {
					t.Errorf("state %s, scanned %d: %v", x.State, x.Scanned, err)
				}
			})
		})
	}
}

func TestAQueryThatCannotBeStoppedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil)).
			on("StopQueryExecution", refusal(400, "AccessDeniedException", "User is not authorized to perform: athena:StopQueryExecution on resource: arn:aws:athena:us-east-1:1:workgroup/sales"))
		x, err := dial(t, f, nil).Await(t.Context(), queryID, 1)
		e := explained(t, err, crm.CodeBudget)
		mustHave(t, e.Message, "could not be stopped", "athena:StopQueryExecution")
		mustHave(t, e.Fix, "Athena console", queryID)
		if x.Scanned != 12_000_000 {
			t.Errorf("scanned %d", x.Scanned)
		}
	})
}

func TestNobodyWaitsLongForAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", state(Running, nil)).on("StopQueryExecution", hanging)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := dial(t, f, nil).Await(ctx, queryID, 0)
		e := explained(t, err, crm.CodeCancelled)
		mustHave(t, e.Message, "could not be stopped")
		if took := time.Since(start); took != time.Second+stopTime {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAFailedQueryCarriesWhatItScanned(t *testing.T) {
	f := play().on("GetQueryExecution", state(Failed, because("HIVE_BAD_DATA: Error parsing field value", nil)))
	x, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
	mustFail(t, err, crm.CodeBadAnswer)
	if x.Scanned != 12_000_000 || x.State != Failed || x.Ran != 1500*time.Millisecond {
		t.Errorf("scanned %d, state %s, ran %s", x.Scanned, x.State, x.Ran)
	}
	if n := f.made("StopQueryExecution"); n != 0 {
		t.Errorf("a query that has ended was stopped %d times", n)
	}
}

func TestPollsSurviveWhatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard events
		f := play().on("GetQueryExecution", failing(errReset), refusal(400, "ThrottlingException", "Rate exceeded"), refusal(500, "InternalServerException", "oops"), state(Succeeded, nil))
		c := dial(t, f, func(c *Config) { c.Observe = heard.add })
		if _, err := c.Await(t.Context(), queryID, 0); err != nil {
			t.Fatal(err)
		}
		var waits []time.Duration
		for _, r := range of[crm.RetryScheduled](&heard) {
			waits = append(waits, r.Wait)
			if r.Source != "acme" || r.Err == nil {
				t.Errorf("event %+v", r)
			}
		}
		if diff := cmp.Diff([]time.Duration{time.Second, 2 * time.Second, 4 * time.Second}, waits); diff != "" {
			t.Error(diff)
		}
		var statuses []int
		for _, m := range of[crm.CallMade](&heard) {
			statuses = append(statuses, m.Status)
		}
		if diff := cmp.Diff([]int{0, 400, 500, 200}, statuses); diff != "" {
			t.Error(diff)
		}
	})
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", refusal(400, "ThrottlingException", "Rate exceeded"))
		start := time.Now()
		_, err := dial(t, f, func(c *Config) { c.Patience = 10 * time.Second }).Await(t.Context(), queryID, 0)
		e := explained(t, err, crm.CodeRateLimit)
		mustHave(t, e.Message, "4 attempts", "7 s")
		if took := time.Since(start); took != 7*time.Second || !e.Retryable {
			t.Errorf("it took %s, retryable %t", took, e.Retryable)
		}
	})
}

// What nobody answers is not waited for as long as what is merely busy: other accounts
// wait behind it.
func TestAnAddressThatCannotBeReachedIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		code   crm.Code
		took   time.Duration
	}{
		"nothing listens": {failing(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), crm.CodeUnreachable, 3 * time.Second},
		"no such host":    {failing(&net.DNSError{Name: "x", IsNotFound: true}), crm.CodeUnreachable, 3 * time.Second},
		"no answer":       {hanging, crm.CodeTimeout, 3*time.Minute + 3*time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, err := dial(t, play().on("GetQueryExecution", c.answer), func(c *Config) { c.Attempts = 3 }).Await(t.Context(), queryID, 0)
			e := explained(t, err, c.code)
			mustHave(t, e.Message, "3 attempts")
			if took := time.Since(start); took != c.took || !e.Retryable {
				t.Errorf("%s: it took %s, retryable %t", name, took, e.Retryable)
			}
		})
	}
}

func TestACallThatHangsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", hanging, state(Succeeded, nil))
		start := time.Now()
		if _, err := dial(t, f, nil).Await(t.Context(), queryID, 0); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != time.Minute+time.Second {
			t.Errorf("it took %s", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, err := dial(t, play().on("GetQueryExecution", hanging), nil).Await(t.Context(), queryID, 0)
		mustFail(t, err, crm.CodeTimeout)
	})
}

func TestACallEndsWithItsCaller(t *testing.T) {
	left := errors.New("the user left")
	for _, test := range []struct {
		name    string
		script  answer
		retries int
	}{
		{"while it is under way", hanging, 0},
		{"while it waits", failing(errReset), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var heard events
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(100*time.Millisecond, func() { cancel(left) })
				start := time.Now()
				c := dial(t, play().on("StartQueryExecution", test.script), func(c *Config) { c.Observe = heard.add })
				_, err := c.Start(ctx, Query{Text: "SELECT 1", Token: token})
				e := explained(t, err, crm.CodeCancelled)
				if !errors.Is(e, left) || time.Since(start) != 100*time.Millisecond {
					t.Errorf("after %s: %v", time.Since(start), e)
				}
				if n := len(of[crm.RetryScheduled](&heard)); n != test.retries {
					t.Errorf("%d attempts were announced, want %d", n, test.retries)
				}
			})
		})
	}
}
