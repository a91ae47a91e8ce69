package salespro

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// described is a table whose columns are those that the stream wants, with the types
// that are named; the rest are texts.
func described(s crm.Stream, types map[string]string) athena.Table {
	t := athena.Table{Name: s.Name}
	for _, w := range wanted(s) {
		kind := types[w.name]
		if kind == "" {
			kind = map[crm.Type]string{crm.TypeTimestamp: "timestamp", crm.TypeDecimal: "decimal(12,2)", crm.TypeInteger: "bigint", crm.TypeBoolean: "boolean"}[w.kind]
		}
		if kind == "" {
			kind = "string"
		}
		t.Columns = append(t.Columns, athena.Column{Name: w.name, Type: kind})
	}
	return t
}

// without takes columns out of a table.
func without(t athena.Table, names ...string) athena.Table {
	var left []athena.Column
	for _, c := range t.Columns {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+c.Name+" ") {
			left = append(left, c)
		}
	}
	t.Columns = left
	return t
}

func partitioned(name, kind string) athena.Table {
	return athena.Table{Partitions: []athena.Column{{Name: name, Type: kind}}}
}

func compose(t *testing.T, c *connector, s crm.Stream, req crm.Request, table athena.Table, known bool) *query {
	t.Helper()
	c.database = "acme"
	q, err := c.compose(s, req, table, known)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// What each stream is asked with, whole.
func TestGoldenQueries(t *testing.T) {
	for _, s := range Source().Streams {
		if s.FromFile {
			continue
		}
		q := compose(t, &connector{}, s, crm.Request{}, described(s, nil), true)
		if diff := cmp.Diff(goldenQueries[s.Name], q.text); diff != "" || len(q.notices) > 0 {
			t.Errorf("%s: %q\n%s", s.Name, q.notices, diff)
		}
		if blind := compose(t, &connector{}, s, crm.Request{}, athena.Table{}, false); blind.text != q.text {
			t.Errorf("%s: without a description it is asked otherwise: %s", s.Name, blind.text)
		}
	}
}

var goldenQueries = map[string]string{
	"customer": `SELECT "customer_id", "estimate_id", "company_id", "company_name", "customer_first_name", "customer_last_name", "crm_source", ` +
		`"crm_source_id", "created_at", "updated_at" FROM "acme"."customer" ` +
		`ORDER BY 1, 10 DESC, 2 DESC, 3 DESC, 4 DESC, 5 DESC, 6 DESC, 7 DESC, 8 DESC, 9 DESC`,
	"estimate": `SELECT "estimate_id", "company_id", "company_name", "office_id", "office_name", "sales_rep_id", "sales_rep_first_name", ` +
		`"sales_rep_last_name", "customer_id", "customer_first_name", "customer_last_name", "street_address", "city", "state", "zip_code", ` +
		`"sale_amount", "is_sale", "job_type", "finance_amount", "bank_name", "loan_name", "down_payment", "has_credit_app", "document_count", ` +
		`"created_at", "updated_at" FROM "acme"."estimate"`,
	"credit_applications": `SELECT "leap_credit_app_id", "company_id", "company_name", "sales_rep_id", "customer_id", "credit_app_vendor", ` +
		`"credit_app_vendor_id", "credit_app_amount", "credit_app_status", "credit_app_note", "created_at", "updated_at" FROM "acme"."credit_applications"`,
	"lead_results": `SELECT "estimate_id", "company_id", "lead_results", "created_at", "updated_at" FROM "acme"."lead_results" ` +
		`ORDER BY 1, 5 DESC, 2 DESC, 3 DESC, 4 DESC`,
	"payments": `SELECT "payment_id", "company_id", "company_name", "customer_id", "payment_amount", "payment_type", "payment_description", ` +
		`"payment_success", "created_at", "updated_at" FROM "acme"."payments"`,
	"user_activity": `SELECT "created_at", "user_id", "company_id", "company_name", "local_customer_uuid", "customer_id", "activity_note", "key_metric", ` +
		`"activity_identifier", "price_type", "price", "original_row_num" FROM "acme"."user_activity"`,
	"measure_sheet": `SELECT "estimate_id", "office_id", "office_name", "company_id", "company_name", "measure_sheet_item_id", ` +
		`"measure_sheet_item_name", "measure_sheet_item_price", "quantity", "category", "measurement_type", "created_at", "updated_at", ` +
		`count(*) AS "warren_copies" FROM "acme"."measure_sheet" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13`,
	"estimate_price_breakdown": `SELECT "estimate_date", "company_name", "estimate_id", "trade_type", "price_guide_amount", ` +
		`count(*) AS "warren_copies" FROM "acme"."estimate_price_breakdown" GROUP BY 1, 2, 3, 4, 5`,
	"geographic_hotspot": `SELECT "company_id", "company_name", "state", "city", "total_estimates", "sales", "close_rate", "avg_sale_value", ` +
		`"active_sales_reps", count(*) AS "warren_copies" FROM "acme"."geographic_hotspot" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
}

// The span of time that is asked for, for every type that a time may have. What a
// column cannot tell is let in, never left out, and so are rows that tell nothing.
func TestTheSpanOfTime(t *testing.T) {
	since := time.Date(2026, 3, 1, 23, 30, 15, 384_900_000, time.FixedZone("", -3*60*60)) // 2026-03-02 02:30:15.3849 UTC
	until := time.Date(2026, 3, 5, 12, 0, 0, 1, time.UTC)
	for name, c := range map[string]struct {
		kind         string
		since, until time.Time
		want         string
	}{
		"changes":                             {"timestamp", since, time.Time{}, `"updated_at" >= TIMESTAMP '2026-03-02 02:30:15.384'`},
		"a range":                             {"timestamp", since, until, `"updated_at" >= TIMESTAMP '2026-03-02 02:30:15.384' AND "updated_at" < TIMESTAMP '2026-03-05 12:00:00.001'`},
		"up to a time":                        {"timestamp(6)", time.Time{}, until, `"updated_at" < TIMESTAMP '2026-03-05 12:00:00.001'`},
		"up to a whole millisecond":           {"timestamp", time.Time{}, until.Add(-1), `"updated_at" < TIMESTAMP '2026-03-05 12:00:00.000'`},
		"a type that is not known":            {"", since, time.Time{}, `"updated_at" >= TIMESTAMP '2026-03-02 02:30:15.384'`},
		"a time with its zone":                {"timestamp(3) with time zone", since, until, `"updated_at" >= TIMESTAMP '2026-03-02 02:30:15.384 UTC' AND "updated_at" < TIMESTAMP '2026-03-05 12:00:00.001 UTC'`},
		"a text":                              {"string", since, until, `"updated_at" >= '2026-03-02' AND "updated_at" < '2026-03-06'`},
		"a varchar":                           {"varchar(40)", since, time.Time{}, `"updated_at" >= '2026-03-02'`},
		"a date":                              {"date", since, until, `"updated_at" >= DATE '2026-03-02' AND "updated_at" < DATE '2026-03-06'`},
		"a date up to midnight, left out":     {"date", time.Time{}, until.Truncate(24 * time.Hour), `"updated_at" < DATE '2026-03-05'`},
		"a text up to midnight, left out too": {"string", time.Time{}, until.Truncate(24 * time.Hour), `"updated_at" < '2026-03-05'`},
	} {
		t.Run(name, func(t *testing.T) {
			table := described(payments(), map[string]string{"updated_at": c.kind})
			if c.kind == "" {
				table = athena.Table{}
			}
			q := compose(t, &connector{}, payments(), crm.Request{Since: c.since, Until: c.until}, table, c.kind != "")
			want := "(" + c.want + ` OR "updated_at" IS NULL)`
			if _, where, _ := strings.Cut(q.text, " WHERE "); where != want || len(q.notices) > 0 {
				t.Errorf("%s %q\nwant %s", where, q.notices, want)
			}
		})
	}
}

// Of the rows of one key one without a time is the oldest: it is not asked for without
// the others.
func TestTheSpanOfTimeWhereSeveralRowsHaveOneKey(t *testing.T) {
	for _, s := range []crm.Stream{customer(), leadResults()} {
		q := compose(t, &connector{}, s, crm.Request{Since: time.Unix(0, 0), Until: time.Unix(86400, 0)}, described(s, nil), true)
		want := ` WHERE "updated_at" >= TIMESTAMP '1970-01-01 00:00:00.000' AND "updated_at" < TIMESTAMP '1970-01-02 00:00:00.000' ORDER BY `
		if !strings.Contains(q.text, want) {
			t.Errorf("%s: %s", s.Name, q.text)
		}
	}
}

// A span and the grouping stand in one query, in the order of SQL.
func TestASpanOfATableThatIsGrouped(t *testing.T) {
	s := measureSheet()
	s.Cursor = "updated_at"
	q := compose(t, &connector{}, s, crm.Request{Since: time.Unix(0, 0)}, described(s, nil), true)
	if !strings.HasSuffix(q.text, ` FROM "acme"."measure_sheet" WHERE ("updated_at" >= TIMESTAMP '1970-01-01 00:00:00.000' OR "updated_at" IS NULL) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13`) {
		t.Error(q.text)
	}
}

func TestPartitionsOfEarlierDaysAreLeftOut(t *testing.T) {
	since := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	days := &connector{partitions: map[string]string{"user_activity": "dt"}}
	for name, c := range map[string]struct {
		connector *connector
		table     athena.Table
		known     bool
		since     time.Time
		want      string // behind the span
		notice    string
	}{
		"a text":             {days, partitioned("dt", "string"), true, since, ` AND "dt" >= '2026-02-28'`, ""},
		"in other letters":   {days, partitioned("DT", "varchar"), true, since, ` AND "DT" >= '2026-02-28'`, ""},
		"a date":             {days, partitioned("dt", "date"), true, since, ` AND "dt" >= DATE '2026-02-28'`, ""},
		"a number":           {days, partitioned("dt", "int"), true, since, ` AND "dt" >= 20260228`, ""},
		"a number otherwise": {days, partitioned("dt", "integer"), true, since, ` AND "dt" >= 20260228`, ""},
		"not set":            {&connector{}, partitioned("dt", "string"), true, since, "", ""},
		"another column":     {days, partitioned("region", "string"), true, since, "", "is not known to have the partitions dt"},
		"no description":     {days, athena.Table{}, false, since, "", "is not known to have the partitions dt"},
		"the day of a month": {days, athena.Table{Partitions: []athena.Column{{Name: "year", Type: "int"}, {Name: "month", Type: "int"}, {Name: "dt", Type: "int"}}},
			true, since, "", "further partitions beside dt"},
		"a date beside others": {days, athena.Table{Partitions: []athena.Column{{Name: "region", Type: "string"}, {Name: "dt", Type: "date"}}},
			true, since, ` AND "dt" >= DATE '2026-02-28'`, ""},
		"everything is wanted": {days, partitioned("dt", "string"), true, time.Time{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.table.Columns = described(userActivity(), nil).Columns
			q := compose(t, c.connector, userActivity(), crm.Request{Since: c.since}, c.table, c.known)
			want := ` FROM "acme"."user_activity"`
			if !c.since.IsZero() {
				want += ` WHERE ("created_at" >= TIMESTAMP '2026-03-01 02:00:00.000' OR "created_at" IS NULL)` + c.want
			}
			if !strings.HasSuffix(q.text, want) || !strings.Contains(strings.Join(q.notices, ";"), c.notice) || (c.notice == "") != (len(q.notices) == 0) {
				t.Errorf("%s\n%q", q.text, q.notices)
			}
		})
	}
}

// A column that the share lacks is told and not asked for; so is the time of change.
func TestTrapColumnsThatTheShareLacks(t *testing.T) {
	table := without(described(payments(), nil), "payment_type", "updated_at")
	q := compose(t, &connector{}, payments(), crm.Request{Since: time.Unix(0, 0)}, table, true)
	if strings.Contains(q.text, "payment_type") || strings.Contains(q.text, "updated_at") {
		t.Error(q.text)
	}
	want := []string{
		"the table payments has no column payment_type, updated_at, and what it would fill stays NULL",
		"the table payments has no column updated_at, so that all of it is read",
	}
	if diff := cmp.Diff(want, q.notices); diff != "" {
		t.Error(diff)
	}
	_, err := (&connector{database: "acme"}).compose(payments(), crm.Request{}, athena.Table{Columns: []athena.Column{{Name: "x"}}}, true)
	if crm.CodeOf(err) != crm.CodeBadAnswer || !strings.Contains(fmt.Sprint(err), "payments of acme has none of the columns") {
		t.Errorf("%v", err)
	}
}

// The time of change is asked for by the name that the share has for it.
func TestTheTimeOfChangeUnderAnotherName(t *testing.T) {
	s := payments()
	s.Fields[s.FieldIndex("updated_at")].Paths = []string{"changed_at", "modified_at"}
	q := compose(t, &connector{}, s, crm.Request{Since: time.Unix(0, 0)}, without(described(s, nil), "changed_at"), true)
	if !strings.HasSuffix(q.text, ` WHERE ("modified_at" >= TIMESTAMP '1970-01-01 00:00:00.000' OR "modified_at" IS NULL)`) {
		t.Error(q.text)
	}
}

// Columns of the user's own are asked for, those within nested values by their first
// step, and names are quoted.
func TestColumnsOfTheUsersOwn(t *testing.T) {
	s := payments()
	s.Fields = []crm.Field{
		text("payment_id"),
		{Column: "a", Paths: []string{"meta.device.name"}, Type: crm.TypeInteger},
		{Column: "b", Paths: []string{"meta.other", `odd "name"`, `dotted\.name`}, Type: crm.TypeText},
	}
	table := described(s, map[string]string{"meta": "struct<device:struct<name:string>>", `odd "name"`: "map<string,int>", "dotted.name": "array(varchar)"})
	q := compose(t, &connector{}, s, crm.Request{}, table, true)
	want := `SELECT "payment_id", json_format(CAST("meta" AS JSON)) AS "meta", json_format(CAST("odd ""name""" AS JSON)) AS "odd ""name""", ` +
		`json_format(CAST("dotted.name" AS JSON)) AS "dotted.name" FROM "acme"."payments"`
	if diff := cmp.Diff(want, q.text); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]bool{"meta": true, `odd "name"`: true, "dotted.name": true}, q.nested); diff != "" {
		t.Error(diff)
	}
	if w := wanted(s); w[1].kind != crm.TypeText {
		t.Errorf("a nested value is taken for its part: %+v", w[1])
	}
}

// UNLOAD cannot write times with a zone, nor times of day.
func TestTrapWhatUnloadCannotWriteIsText(t *testing.T) {
	table := described(payments(), map[string]string{"created_at": "timestamp(3) with time zone", "payment_type": "time", "updated_at": "timestamp"})
	file := compose(t, &connector{}, payments(), crm.Request{}, table, true)
	if strings.Contains(file.text, "CAST") {
		t.Error(file.text)
	}
	for _, way := range []string{resultsUnload, resultsParquet} {
		q := compose(t, &connector{results: way}, payments(), crm.Request{}, table, true)
		for _, part := range []string{`CAST("created_at" AS varchar) AS "created_at"`, `CAST("payment_type" AS varchar) AS "payment_type"`, `, "updated_at" FROM`} {
			if !strings.Contains(q.text, part) {
				t.Errorf("%s: %s is not in %s", way, part, q.text)
			}
		}
	}
}

// Rows without a key are left out where the old system left them out, and nowhere else.
func TestStreamsWhoseRowsCountWithTheirKeyOnly(t *testing.T) {
	for _, s := range Source().Streams {
		want := map[string]string{"customer": "customer_id", "lead_results": "estimate_id"}[s.Name]
		if got := keyed(s); got != want {
			t.Errorf("%s: %q, want %q", s.Name, got, want)
		}
	}
}

// Where the time of change or the key is not there the order is one all the same. The
// files of an UNLOAD have none, so these streams are not unloaded.
func TestTheOrderOfVersions(t *testing.T) {
	for name, c := range map[string]struct {
		connector *connector
		lacking   string
		want      string
	}{
		"no time of change": {&connector{}, "updated_at", ` FROM "acme"."lead_results" ORDER BY 1, 2 DESC, 3 DESC, 4 DESC`},
		"no key":            {&connector{}, "estimate_id", ` FROM "acme"."lead_results" ORDER BY 4 DESC, 1 DESC, 2 DESC, 3 DESC`},
		"unloaded":          {&connector{results: resultsUnload}, "", ` FROM "acme"."lead_results" ORDER BY 1, 5 DESC, 2 DESC, 3 DESC, 4 DESC`},
		"unloaded, Parquet": {&connector{results: resultsParquet}, "", ` FROM "acme"."lead_results" ORDER BY 1, 5 DESC, 2 DESC, 3 DESC, 4 DESC`},
	} {
		q := compose(t, c.connector, leadResults(), crm.Request{}, without(described(leadResults(), nil), c.lacking), true)
		if !strings.HasSuffix(q.text, c.want) || q.unload {
			t.Errorf("%s: %s", name, q.text)
		}
	}
}
