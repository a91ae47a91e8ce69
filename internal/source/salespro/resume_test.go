package salespro_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// halfRead reads the first page of a walk and returns where it can be gone on.
func (a *account) halfRead(name string) (before reading, checkpoint string) {
	a.t.Helper()
	before = a.read(name, crm.Request{Resume: a.started(name)}, func(int) bool { return false })
	if before.err != nil || len(before.pages) != 1 {
		a.t.Fatalf("%d pages, %v", len(before.pages), before.err)
	}
	return before, before.pages[0].Checkpoint
}

// A walk that was left in the middle goes on behind the last page, in the same
// result: the query is not paid for again.
func TestAWalkGoesOnInTheSameResult(t *testing.T) {
	for _, way := range []string{"file", "pages", "unload", "unload-parquet"} {
		t.Run(way, func(t *testing.T) {
			a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, map[string]string{"results": way})
			before, checkpoint := a.halfRead("payments")
			a.reconnect(nil)
			after := a.mustRead("payments", crm.Request{Resume: checkpoint})
			a.compare("payments", "", append(before.records, after.records...))
			if n := len(a.queries()); n != 1 || after.notice != "" {
				t.Errorf("%d queries, %q", n, after.notice)
			}
			if !after.pages[0].SourceTime.Equal(before.pages[0].SourceTime) {
				t.Error("the time of the question has changed")
			}
		})
	}
}

// What a query costs is on one bill, whichever page, run or failure came first: the
// token says that it is paid.
func TestAQueryIsBilledOnce(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, nil)
	token := a.started("payments")
	a.trap("s3slowdown=1.0")
	failed := a.read("payments", crm.Request{Resume: token}, nil)
	if failed.err == nil || len(failed.records) > 0 || failed.bill.Scanned != a.share.Athena.Scanned() || failed.bill.Dollars == 0 {
		t.Fatalf("%v, %d records, %+v", failed.err, len(failed.records), failed.bill)
	}
	a.trap("")
	for _, from := range []string{failed.paid[0].Checkpoint, a.mustRead("payments", crm.Request{Resume: failed.paid[0].Checkpoint}).pages[0].Checkpoint} {
		a.reconnect(nil)
		if again := a.mustRead("payments", crm.Request{Resume: from}); again.bill != (crm.Bill{}) || len(again.records) == 0 {
			t.Errorf("from %s: %d records, %+v", from, len(again.records), again.bill)
		}
	}
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}

// What a query cost is told ahead of its rows, so that it is known whatever becomes of
// them.
func TestTheBillComesBeforeTheRows(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 30}}, nil)
	for page, err := range a.connector.Read(t.Context(), stream(t, "payments"), crm.Request{Resume: a.started("payments")}) {
		if err != nil || page.Bill.Scanned != a.share.Athena.Scanned() || len(page.Records) > 0 || page.Last || page.SourceTime.IsZero() {
			t.Errorf("%v: %+v", err, page)
		}
		a.reconnect(nil)
		again := a.mustRead("payments", crm.Request{Resume: page.Checkpoint})
		if a.compare("payments", "", again.records); again.bill != (crm.Bill{}) {
			t.Errorf("%+v", again.bill)
		}
		break
	}
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}

// A query whose process died before it read anything is found again.
func TestL4AQueryThatRunsIsFoundAgain(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 300}}, nil)
	token := a.started("payments")
	a.mustRead("payments", crm.Request{Resume: token})
	a.reconnect(nil)
	r := a.mustRead("payments", crm.Request{Resume: token})
	a.compare("payments", "", r.records)
	if n := len(a.queries()); n != 1 || r.bill.Scanned != a.share.Athena.Scanned() {
		t.Errorf("%d queries, %+v", n, r.bill)
	}
}

// emptied has the store of objects lose them all.
func (a *account) emptied() {
	a.t.Helper()
	objects := a.share.Athena.Objects()
	if len(objects) == 0 {
		a.t.Fatal("there is nothing to lose")
	}
	for _, object := range objects {
		req, err := http.NewRequestWithContext(a.t.Context(), http.MethodDelete, a.url+"/"+strings.TrimPrefix(object, "s3://"), http.NoBody)
		if err != nil {
			a.t.Fatal(err)
		}
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+sandbox.DefaultAccessKey+"/20260501/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusNoContent {
			a.t.Fatalf("%v, %+v", err, res)
		}
		_ = res.Body.Close()
	}
	if left := a.share.Athena.Objects(); len(left) > 0 {
		a.t.Fatalf("%q are left", left)
	}
}

// A result that is gone when a walk is gone on with is made anew, whether some of it
// was read or none, and what is read then is all of it.
func TestTrapTheResultIsGoneWhenTheWalkGoesOn(t *testing.T) {
	for _, way := range []string{"auto", "unload", "unload-parquet"} {
		for name, none := range map[string]bool{"some was read": false, "none was read": true} {
			t.Run(way+", "+name, func(t *testing.T) {
				a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, map[string]string{"results": way})
				token := a.started("payments")
				before := a.read("payments", crm.Request{Resume: token}, func(int) bool { return false })
				if !none {
					token = before.pages[0].Checkpoint
				}
				a.emptied()
				a.reconnect(nil)
				r := a.mustRead("payments", crm.Request{Resume: token})
				a.compare("payments", "", r.records)
				scanned := a.share.Athena.Scanned()
				if !none {
					scanned -= before.bill.Scanned // which the walk has on its bill
				}
				if n := len(a.queries()); n != 2 || !strings.Contains(r.notice, "the query is run anew") || r.bill.Scanned != scanned {
					t.Errorf("%d queries, %q, %+v of %d", n, r.notice, r.bill, scanned)
				}
			})
		}
	}
}

// Within one run a result that is gone is a failure: another query would find none
// either, and be paid for.
func TestAResultThatIsGoneAtOnceIsAFailure(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 300}}, nil)
	a.trap("latefile=1000")
	r := a.read("payments", crm.Request{Resume: a.started("payments")}, nil)
	codeIs(t, r.err, crm.CodeNotFound)
	if n := len(a.queries()); n != 1 || r.bill.Scanned == 0 {
		t.Errorf("%d queries, %+v", n, r.bill)
	}
}

// A passing fault of S3 is no reason to pay for another query: the run fails, and the
// next one goes on.
func TestAPassingFaultIsNoReasonForAnotherQuery(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, nil)
	before, checkpoint := a.halfRead("payments")
	a.trap("s3slowdown=1.0")
	a.reconnect(nil)
	if r := a.read("payments", crm.Request{Resume: checkpoint}, nil); r.err == nil || len(r.records) > 0 {
		t.Fatalf("%v, %d records", r.err, len(r.records))
	}
	a.trap("")
	after := a.mustRead("payments", crm.Request{Resume: checkpoint})
	a.compare("payments", "", append(before.records, after.records...))
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}

// A place in the file is of no use when S3 has been closed since: the same result is
// read from its beginning, in pages.
func TestTrapS3IsClosedWhenTheWalkGoesOn(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, nil)
	before, checkpoint := a.halfRead("payments")
	a.trap("s3closed")
	a.reconnect(nil)
	r := a.mustRead("payments", crm.Request{Resume: checkpoint})
	a.compare("payments", "", r.records)
	if n := len(a.queries()); n != 1 || !strings.Contains(r.notice, "read from its beginning") || before.bill.Scanned != a.share.Athena.Scanned() || r.bill != (crm.Bill{}) {
		t.Errorf("%d queries, %q, %+v and %+v", n, r.notice, before.bill, r.bill)
	}
}

// The same words for another question are none: a walk whose query would be another
// now begins anew.
func TestAQueryForOtherColumnsIsAnotherOne(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 5500}}, nil)
	_, checkpoint := a.halfRead("payments")
	s := stream(t, "payments")
	s.Fields = s.Fields[:5]
	r := a.walk(t.Context(), s, crm.Request{Resume: checkpoint}, nil)
	if r.err != nil || len(r.records) != 5500 || len(a.queries()) != 2 {
		t.Errorf("%v, %d records, %q", r.err, len(r.records), a.queries())
	}
}

// A token of another time begins anew, and does not fail for ever.
func TestATokenThatIsNoneIsANewWalk(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 30}}, nil)
	for _, token := range []string{"7", `{"query":"x"}`, "{"} {
		a.compare("payments", "", a.mustRead("payments", crm.Request{Resume: token}).records)
	}
}

// Rows that are the very same by the thousand do not fill the memory: they go out in
// pages, and every one of them has a key of its own (L11).
func TestL11CopiesWithoutNumberGoOutInPages(t *testing.T) {
	const copies = 7001
	a := open(t, sandbox.Config{Rows: map[string]int{"estimate_price_breakdown": 0}}, nil)
	for range copies {
		if _, err := a.share.Put("estimate_price_breakdown", sandbox.Fields{
			"estimate_id": "e", "estimate_date": "2026-01-01", "company_name": "c", "trade_type": "t", "price_guide_amount": nil,
		}); err != nil {
			t.Fatal(err)
		}
	}
	r := a.mustRead("estimate_price_breakdown", crm.Request{Resume: a.started("estimate_price_breakdown")})
	seen := map[string]bool{}
	for _, record := range r.records {
		seen[record] = true
	}
	if len(seen) != copies {
		t.Errorf("%d records, %d of them different", len(r.records), len(seen))
	}
	for _, page := range r.pages {
		if len(page.Records) > 2000 {
			t.Errorf("a page of %d records", len(page.Records))
		}
		if again := a.mustRead("estimate_price_breakdown", crm.Request{Resume: page.Checkpoint}); !page.Last && len(again.records) != copies {
			t.Errorf("behind a page in the middle of the row there are %d records", len(again.records))
		}
	}
	if part := a.read("estimate_price_breakdown", crm.Request{}, func(int) bool { return false }); len(part.pages) != 1 {
		t.Errorf("%d pages although nobody wanted more", len(part.pages))
	}
}

// A proxy that answers with something else is told from a share that is empty.
func TestL3WhatIsNoAthenaIsNoEmptyTable(t *testing.T) {
	a := open(t, sandbox.Config{Records: 5}, nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	defer web.Close()
	a.reconnect(map[string]string{"endpoint": web.URL})
	r := a.read("payments", crm.Request{}, nil)
	if r.err == nil || len(r.pages) > 0 {
		t.Errorf("%v, %d pages", r.err, len(r.pages))
	}
}

// What was read of a result that turned out to be another is no part of the new one.
func TestL3RowsOfAnOldResultAreNotAmongThoseOfTheNew(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 1800}}, nil)
	token := a.started("payments")
	a.mustRead("payments", crm.Request{Resume: token})
	a.trap("rewritten,cut=page:1:1,querytime=10s")
	a.clock.onWait = func() {
		if len(a.queries()) == 2 {
			a.trap("") // the new result is good
		}
	}
	a.reconnect(nil)
	r := a.mustRead("payments", crm.Request{Resume: token})
	a.compare("payments", "", r.records)
	if n := len(a.queries()); n != 2 || !strings.Contains(r.notice, "rewritten while it was being read") {
		t.Errorf("%d queries, %q", n, r.notice)
	}
}

// Rows that were handed on are not handed on once more: what breaks off behind them is
// the end of the run.
func TestABreakBehindTheFirstPageIsTheEndOfTheRun(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 9000}}, nil)
	token := a.started("payments")
	a.mustRead("payments", crm.Request{Resume: token})
	a.trap("rewritten,cut=page:1:1")
	a.reconnect(nil)
	r := a.read("payments", crm.Request{Resume: token}, nil)
	codeIs(t, r.err, crm.CodeBadAnswer)
	if n := len(a.queries()); n != 1 || len(r.records) == 0 || len(r.records) >= 9000 {
		t.Errorf("%d queries, %d records", n, len(r.records))
	}
}

// A query whose state cannot be asked may still run, and no other is started beside it.
func TestAQueryThatMayStillRunIsNotStartedTwice(t *testing.T) {
	a := open(t, sandbox.Config{Rows: map[string]int{"payments": 30}}, nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetQueryExecution") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		a.share.ServeHTTP(w, r)
	}))
	defer web.Close()
	a.reconnect(map[string]string{"endpoint": web.URL})
	token := a.started("payments")
	r := a.read("payments", crm.Request{Resume: token}, nil)
	codeIs(t, r.err, crm.CodeSourceDown)
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
	a.reconnect(nil)
	a.compare("payments", "", a.mustRead("payments", crm.Request{Resume: token}).records)
	if n := len(a.queries()); n != 1 {
		t.Errorf("%d queries", n)
	}
}
