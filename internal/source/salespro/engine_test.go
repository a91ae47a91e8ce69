package salespro_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// Every stream goes into the warehouse, and a second run of everything writes no row.
func TestL10TheSecondRunWritesNothing(t *testing.T) {
	onBoth(t, sandbox.Config{Records: 250, Seed: 5}, func(w *world) {
		for _, name := range []string{
			"customer", "estimate", "credit_applications", "lead_results", "payments", "user_activity", "measure_sheet", "estimate_price_breakdown",
			"geographic_hotspot",
		} {
			first := w.run(name, engine.Ask{})
			c := first.Counts
			if c.Created == 0 || c.Failed != 0 || first.Status != crm.StatusSuccess || !c.Balanced() || first.Bill.Scanned == 0 {
				w.t.Errorf("%s: %+v", name, first)
			}
			for _, ask := range []engine.Ask{{}, {Full: true}} {
				if again := w.run(name, ask).Counts; again.Created+again.Updated+again.Deleted+again.Failed > 0 {
					w.t.Errorf("%s, full %v: %s", name, ask.Full, counted(again))
				}
			}
		}
	})
}

// Of the versions of a lead result the newest counts, in whatever order they come
// (L9), and of what people type as prices a number is made where it is one.
func TestL9TheNewestLeadResultWins(t *testing.T) {
	for _, way := range []string{"file", "unload", "unload-parquet"} { // the files of an UNLOAD have no order
		t.Run(way, func(t *testing.T) { newestLeadResult(t, way) })
	}
}

func newestLeadResult(t *testing.T, way string) {
	t.Helper()
	onBoth(t, sandbox.Config{}, func(w *world) {
		w.reconnect(map[string]string{"results": way})
		version := func(minute int, price string) {
			w.put("lead_results", sandbox.Fields{
				"estimate_id": "e1", "updated_at": noon.Add(time.Duration(minute) * time.Minute),
				"lead_results": `[{"title":"One Year Price","value":"` + price + `"},{"title":"Appointment Result ","value":"-Undecided"}]`,
			})
		}
		show := func() string {
			return w.row(`SELECT COALESCE(CAST(one_year_price AS text), 'NULL') || ' ' || appointment_result FROM ingestion_salespro_lead_results`)
		}
		version(5, "$5,000")
		version(9, "$9,000")
		version(7, "$7,000")
		run := w.run("lead_results", engine.Ask{BatchSize: 1})
		if got := show(); !strings.HasPrefix(got, "9000") || !strings.HasSuffix(got, " Undecided") || run.Counts.Fetched != 1 {
			w.t.Errorf("%s: %s", got, counted(run.Counts))
		}
		version(8, "$8,000") // a late one
		w.run("lead_results", engine.Ask{Full: true, BatchSize: 1})
		if got := show(); !strings.HasPrefix(got, "9000") {
			w.t.Error(got)
		}
		version(11, "about 11000")
		run = w.run("lead_results", engine.Ask{})
		if got := show(); got != "NULL Undecided" || run.Counts.Issues != 1 {
			w.t.Errorf("%s: %+v", got, run.Counts)
		}
		if raw := w.row(`SELECT lead_results_raw FROM ingestion_salespro_lead_results`); !strings.Contains(raw, "about 11000") {
			w.t.Error(raw)
		}
	})
}

// A row without a time of change comes with the next run whichever kind it is, and is
// written once (L10); of the rows of one key it never takes the place of a newer one (L9).
func TestL9ARowWithoutATimeReplacesNoNewerOne(t *testing.T) {
	onBoth(t, sandbox.Config{}, func(w *world) {
		at := noon.Add(-100 * time.Hour)
		for name, key := range map[string]string{"payments": "payment_id", "customer": "customer_id", "lead_results": "estimate_id"} {
			w.put(name, sandbox.Fields{key: "one", "company_id": "dated", "updated_at": at})
			w.put(name, sandbox.Fields{key: "other", "company_id": "recent", "updated_at": noon})
			w.run(name, engine.Ask{})
		}
		w.run("user_activity", engine.Ask{Full: true})
		w.put("user_activity", sandbox.Fields{"activity_note": "first", "created_at": noon})
		w.run("user_activity", engine.Ask{})

		w.put("payments", sandbox.Fields{"payment_id": "timeless", "company_id": "timeless", "updated_at": nil})
		w.put("customer", sandbox.Fields{"customer_id": "one", "company_id": "timeless", "updated_at": nil})
		w.put("lead_results", sandbox.Fields{"estimate_id": "one", "company_id": "timeless", "updated_at": nil})
		w.put("user_activity", sandbox.Fields{"activity_note": "second", "created_at": nil})
		for name, created := range map[string]int64{"payments": 1, "customer": 0, "lead_results": 0, "user_activity": 1} {
			for i, want := range []int64{created, 0, 0} {
				run := w.run(name, engine.Ask{Full: i == 2})
				if c := run.Counts; c.Created != want || c.Updated+c.Deleted > 0 || (run.Mode == crm.ModeFull) != (i == 2) {
					w.t.Errorf("%s, %s run %d: %s", name, run.Mode, i+1, counted(c))
				}
			}
		}
		for _, name := range []string{"customer", "lead_results"} {
			if got := w.row(`SELECT company_id FROM ingestion_salespro_` + name + ` WHERE updated_at < '2026-05-01'`); got != "dated" {
				w.t.Errorf("%s: %q", name, got)
			}
		}
	})
}

// Whoever reads a computed table while it is read anew sees what was there before.
func TestComputedTablesAreReplacedAllAtOnce(t *testing.T) {
	onBoth(t, sandbox.Config{Rows: map[string]int{"estimate_price_breakdown": 5000}, Seed: 2}, func(w *world) {
		first := w.run("estimate_price_breakdown", engine.Ask{})
		state := func() string {
			return w.row(`SELECT CAST(count(*) AS text) || ' ' || min(content_hash) || ' ' || max(content_hash) FROM ingestion_salespro_estimate_price_breakdown`)
		}
		before, pages := state(), 0
		w.onPage = func() {
			pages++
			if got := state(); got != before {
				w.t.Errorf("in mid-run it is %s, was %s", got, before)
			}
		}
		if err := w.share.Rebuild("estimate_price_breakdown"); err != nil {
			w.t.Fatal(err)
		}
		run := w.run("estimate_price_breakdown", engine.Ask{})
		if c := run.Counts; pages < 3 || c.Created == 0 || c.Created != c.Deleted || state() == before || c.Fetched != first.Counts.Fetched {
			w.t.Errorf("%d pages, %s", pages, counted(c))
		}
	})
}

// Rows that are the very same are as many in the warehouse as in the share, whatever
// becomes of their number.
func TestRowsThatAreTheVerySameAreCounted(t *testing.T) {
	onBoth(t, sandbox.Config{}, func(w *world) {
		same := sandbox.Fields{
			"estimate_id": "e1", "estimate_date": "2026-01-01", "company_name": "Acme", "trade_type": "Roofing", "price_guide_amount": "500",
		}
		other := sandbox.Fields{
			"estimate_id": "e1", "estimate_date": "2026-01-01", "company_name": "Acme", "trade_type": "Roofing", "price_guide_amount": nil,
		}
		w.put("estimate_price_breakdown", same)
		second := w.put("estimate_price_breakdown", same)
		w.put("estimate_price_breakdown", other)
		want := func(copies, others string) {
			w.t.Helper()
			w.run("estimate_price_breakdown", engine.Ask{})
			const rows = `SELECT CAST(count(*) AS text) FROM ingestion_salespro_estimate_price_breakdown WHERE price_guide_amount `
			if a, b := w.row(rows+"= '500'"), w.row(rows+"IS NULL"); a != copies || b != others {
				w.t.Errorf("%s and %s, want %s and %s", a, b, copies, others)
			}
		}
		want("2", "1")
		w.put("estimate_price_breakdown", same)
		want("3", "1")
		if _, err := w.share.Delete("estimate_price_breakdown", sandbox.These(second)); err != nil {
			w.t.Fatal(err)
		}
		want("2", "1")
	})
}

// The log grows by what was added, whatever was written when, and a row that comes
// again is the same row.
func TestUserActivityGrowsByWhatWasAdded(t *testing.T) {
	onBoth(t, sandbox.Config{Rows: map[string]int{"user_activity": 900}, Seed: 3}, func(w *world) {
		first := w.run("user_activity", engine.Ask{})
		if _, err := w.share.Insert("user_activity", 30); err != nil {
			w.t.Fatal(err)
		}
		w.put("user_activity", sandbox.Fields{"created_at": noon.Add(-20 * time.Hour), "activity_note": "came late"})
		run := w.run("user_activity", engine.Ask{})
		if c := run.Counts; run.Mode != crm.ModeIncremental || c.Created != 31 || c.Updated+c.Deleted+c.Failed > 0 || c.Fetched >= first.Counts.Fetched {
			w.t.Errorf("%s: %s", run.Mode, counted(c))
		}
		if got := w.row(`SELECT activity_note FROM ingestion_salespro_user_activity WHERE activity_note = 'came late'`); got != "came late" {
			w.t.Errorf("%q", got)
		}
		// A full run finds the same rows, and no other.
		if c := w.run("user_activity", engine.Ask{Full: true}).Counts; c.Created+c.Updated+c.Deleted > 0 {
			w.t.Error(counted(c))
		}
	})
}

// With a column of the user's own the rows of a log have other keys, and none of them
// is there twice: everything is read anew, and takes the place of what was there.
func TestAColumnOfTheUsersOwnInALog(t *testing.T) {
	onBoth(t, sandbox.Config{Rows: map[string]int{"user_activity": 400}, Seed: 3}, func(w *world) {
		w.run("user_activity", engine.Ask{})
		rows := w.count("ingestion_salespro_user_activity")
		w.alter = func(s *crm.Stream) {
			s.Fields = append(s.Fields, crm.Field{Column: "metric_again", Paths: []string{"key_metric"}, Type: crm.TypeText},
				crm.Field{Column: "device", Paths: []string{"device_name"}, Type: crm.TypeText})
		}
		run := w.run("user_activity", engine.Ask{})
		if run.Mode != crm.ModeFull || w.count("ingestion_salespro_user_activity") != rows {
			w.t.Errorf("%s, %s rows, were %s: %s", run.Mode, w.count("ingestion_salespro_user_activity"), rows, counted(run.Counts))
		}
		if !strings.Contains(w.notices(), "user_activity has no column device_name") {
			w.t.Error(w.notices())
		}
		if n := w.row(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user_activity WHERE metric_again = key_metric`); n != rows {
			w.t.Errorf("%s of %s rows are filled", n, rows)
		}
		if c := w.run("user_activity", engine.Ask{Full: true}).Counts; c.Created+c.Updated+c.Deleted > 0 {
			w.t.Error(counted(c))
		}
	})
}

// Customers without an id are nobody's, and it is told how many there are.
func TestCustomersWithoutAnIDAreToldOf(t *testing.T) {
	onBoth(t, sandbox.Config{Records: 50, Seed: 9}, func(w *world) {
		w.put("customer", sandbox.Fields{"customer_id": nil})
		w.put("customer", sandbox.Fields{"customer_id": ""})
		run := w.run("customer", engine.Ask{})
		known := map[any]bool{}
		for _, row := range w.truth("customer", "customer_id") {
			known[row["customer_id"]] = true
		}
		lacking := len(w.truth("customer", "")) - len(w.truth("customer", "customer_id"))
		if run.Status != crm.StatusSuccess || w.count("ingestion_salespro_customer") != strconv.Itoa(len(known)) {
			w.t.Errorf("%+v", run)
		}
		if !strings.Contains(w.notices(), strconv.Itoa(lacking)+" rows of customer have no customer_id and are left out") {
			w.t.Errorf("%d: %s", lacking, w.notices())
		}
	})
}

// An estimate without its id is kept for people to see (L3), and costs no other.
func TestL3AnEstimateWithoutAnIDIsInTheQuarantine(t *testing.T) {
	onBoth(t, sandbox.Config{Records: 20}, func(w *world) {
		w.put("estimate", sandbox.Fields{"estimate_id": nil, "city": "Nowhere"})
		run := w.run("estimate", engine.Ask{})
		if run.Counts.Failed != 1 || run.Status != crm.StatusPartial || run.Counts.Created != run.Counts.Fetched-1 {
			w.t.Error(counted(run.Counts))
		}
	})
}

// NULL and the empty text, exact numbers, what no number is: all the way into the
// columns.
func TestL5ValuesArriveAsTheyAre(t *testing.T) {
	onBoth(t, sandbox.Config{}, func(w *world) {
		w.put("estimate", sandbox.Fields{
			"estimate_id": "e1", "loan_name": "", "bank_name": nil, "sale_amount": "12345678.90", "down_payment": "0.1250", "finance_amount": 0.1,
			"is_sale": true, "has_credit_app": nil, "document_count": 9007199254740993, "customer_first_name": "Ann \"A.\"\nO'Neil\\", "city": "Łódź",
			"updated_at": "2026-04-01 10:00:00.384",
		})
		w.run("estimate", engine.Ask{})
		for column, want := range map[string]string{
			"loan_name": "", "bank_name": "NULL", "down_payment": "0.1250", "finance_amount": "0.1", "document_count": "9007199254740993",
			"customer_first_name": "Ann \"A.\"\nO'Neil\\", "city": "Łódź",
		} {
			if got := w.row(`SELECT CAST(` + column + ` AS text) FROM ingestion_salespro_estimate`); got != want && strings.TrimRight(got, "0") != strings.TrimRight(want, "0") {
				w.t.Errorf("%s is %q, want %q", column, got, want)
			}
		}
		if got := w.row(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_estimate WHERE sale_amount = 12345678.90 AND is_sale AND NOT has_credit_app`); got != "1" {
			w.t.Error("the amount or the flags are others")
		}
		if at := w.row(`SELECT CAST(updated_at AS text) FROM ingestion_salespro_estimate`); !strings.HasPrefix(strings.Replace(at, "T", " ", 1), "2026-04-01 10:00:00.384") {
			w.t.Error(at)
		}
		w.put("geographic_hotspot", sandbox.Fields{"city": "Akron"})
		if _, err := w.share.Put("geographic_hotspot", sandbox.Fields{"city": "Nowhere", "close_rate": "NaN", "sales": nil}); err != nil {
			w.t.Fatal(err)
		}
		run := w.run("geographic_hotspot", engine.Ask{})
		if got := w.rows(`SELECT CAST(close_rate AS text) FROM ingestion_salespro_geographic_hotspot WHERE city = 'Nowhere'`); !slices.Equal(got, []string{"NULL"}) || run.Counts.Issues == 0 {
			w.t.Errorf("%q: %+v", got, run.Counts)
		}
	})
}

// A query that was interrupted by the death of its process is found again by the next
// run, of snapshots as well, and the table is whole.
func TestL4ARunThatGoesOnPaysNoSecondTime(t *testing.T) {
	onBoth(t, sandbox.Config{Rows: map[string]int{"payments": 6000, "measure_sheet": 6000}, Seed: 4}, func(w *world) {
		for _, name := range []string{"payments", "measure_sheet"} {
			started := len(w.queries())
			pages := 0
			w.onPage = func() {
				if pages++; pages == 2 {
					w.trap("s3closed") // the file is read no further
				}
			}
			w.trap("cut=page:1:9")
			if _, err := w.try(name, engine.Ask{}); err == nil {
				w.t.Fatalf("%s: the run did not fail", name)
			}
			w.onPage = nil
			w.trap("")
			w.reconnect(nil)
			run := w.run(name, engine.Ask{})
			if n := len(w.queries()) - started; n != 1 || w.count("ingestion_salespro_"+name) != "6000" {
				w.t.Errorf("%s: %d queries, %s rows: %s", name, n, w.count("ingestion_salespro_"+name), counted(run.Counts))
			}
		}
	})
}

// A table that not every share has leaves the stream out, and is no failure.
func TestAnAbsentTableIsNoFailure(t *testing.T) {
	onBoth(t, sandbox.Config{Records: 5}, func(w *world) {
		w.alter = func(s *crm.Stream) { s.Name = "measure_sheets_2" }
		run, err := w.try("measure_sheet", engine.Ask{})
		codeIs(w.t, err, crm.CodeStreamAbsent)
		if run.Status != crm.StatusCancelled {
			w.t.Error(run.Status)
		}
	})
}
