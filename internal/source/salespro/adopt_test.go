package salespro_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// djangoTables are the tables of the old system, as Django makes them.
var djangoTables = map[string]string{
	"customer": `CREATE TABLE salespro_customer (customer_id varchar(255) PRIMARY KEY, estimate_id varchar(255), company_id varchar(255),
		company_name varchar(255), customer_first_name varchar(255), customer_last_name varchar(255), crm_source varchar(255),
		crm_source_id varchar(255), created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)`,
	"estimate": `CREATE TABLE salespro_estimate (estimate_id varchar(255) PRIMARY KEY, company_id varchar(255), company_name varchar(255),
		office_id varchar(255), office_name varchar(255), sales_rep_id varchar(255), sales_rep_first_name varchar(255),
		sales_rep_last_name varchar(255), customer_id varchar(255), customer_first_name varchar(255), customer_last_name varchar(255),
		street_address varchar(255), city varchar(100), state varchar(100), zip_code varchar(20), sale_amount numeric(12, 2),
		is_sale boolean NOT NULL, job_type varchar(100), finance_amount numeric(12, 2), bank_name varchar(255), loan_name varchar(255),
		down_payment numeric(12, 2), has_credit_app boolean NOT NULL, document_count bigint, created_at timestamptz NOT NULL,
		updated_at timestamptz NOT NULL)`,
	"lead_results": `CREATE TABLE salespro_lead_result (estimate_id varchar(255) PRIMARY KEY, company_id varchar(255),
		appointment_result varchar(255), result_reason_demo_not_sold varchar(255), result_reason_no_demo varchar(255),
		both_homeowners_present varchar(10), one_year_price numeric(12, 2), last_price_offered numeric(12, 2), preferred_payment varchar(255),
		notes text, lead_results_raw text, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)`,
	"payments": `CREATE TABLE salespro_payment (payment_id varchar(255) PRIMARY KEY, company_id varchar(255), company_name varchar(255),
		customer_id varchar(255), payment_amount numeric(12, 2), payment_type varchar(100), payment_description varchar(255),
		payment_success boolean NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)`,
	"user_activity": `CREATE TABLE salespro_user_activity (id bigserial PRIMARY KEY, created_at timestamptz NOT NULL,
		user_id varchar(255), company_id varchar(255), company_name varchar(255), local_customer_uuid varchar(255), customer_id varchar(255),
		activity_note text, key_metric varchar(255), activity_identifier varchar(255), price_type varchar(255), price numeric(12, 2),
		original_row_num bigint, UNIQUE (created_at, user_id, activity_note))`,
	"measure_sheet": `CREATE TABLE ingestion_salespro_measure_sheet (id bigserial PRIMARY KEY,
		created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, estimate_id varchar(255), office_id varchar(255),
		office_name varchar(255), company_id varchar(255), company_name varchar(255), measure_sheet_item_id varchar(255),
		category varchar(255), measurement_type varchar(255), measure_sheet_item_name varchar(255), quantity numeric(12, 2),
		measure_sheet_item_price numeric(12, 2), UNIQUE (created_at, updated_at, estimate_id, measure_sheet_item_name))`,
}

// Django's tables are worked on as they are, rows of before and all, and the run after
// it writes nothing.
func TestAdoptedTablesAreWorkedOnAsTheyAre(t *testing.T) {
	onPostgres(t, sandbox.Config{Records: 200, Seed: 11}, func(w *world) {
		for _, name := range []string{"customer", "estimate", "lead_results", "payments"} {
			w.exec(djangoTables[name])
		}
		key := w.truth("customer", "customer_id")[0]["customer_id"].(string)
		w.exec(`INSERT INTO salespro_customer (customer_id, company_name, created_at, updated_at) VALUES ('` + key + `', 'old', '2020-01-01Z', '2020-01-01Z')`)
		for name, table := range map[string]string{
			"customer": "salespro_customer", "estimate": "salespro_estimate", "lead_results": "salespro_lead_result", "payments": "salespro_payment",
		} {
			run := w.run(name, engine.Ask{})
			if got := w.count(table); got == "0" || run.Counts.Failed > 0 {
				t.Errorf("%s: %s rows: %s", name, got, counted(run.Counts))
			}
			if n := w.row(`SELECT CAST(count(*) AS text) FROM information_schema.tables WHERE table_name = 'ingestion_salespro_` + name + `'`); n != "0" {
				t.Errorf("%s: a table of Warren's own was made", name)
			}
			if c := w.run(name, engine.Ask{Full: true}).Counts; c.Created+c.Updated+c.Deleted+c.Failed > 0 {
				t.Errorf("%s: the second run: %s", name, counted(c))
			}
		}
		if got := w.row(`SELECT company_name FROM salespro_customer WHERE customer_id = '` + key + `'`); got == "old" {
			t.Error("the row of before is as it was")
		}
	})
}

// Django's table of the log has numbers of its own and takes no two rows of one time,
// user and note: those that it refuses are kept for people to see, and no run stops for
// them. Rows of the old system have no key, so the first run takes their place.
func TestAdoptedUserActivity(t *testing.T) {
	onPostgres(t, sandbox.Config{Rows: map[string]int{"user_activity": 17}, Seed: 11}, func(w *world) {
		w.exec(djangoTables["user_activity"], `INSERT INTO salespro_user_activity (created_at, user_id) VALUES ('2020-01-01Z', 'of before')`)
		run := w.run("user_activity", engine.Ask{})
		if c := run.Counts; c.Created != 17 || c.Deleted != 1 || c.Failed != 0 || w.count("salespro_user_activity") != "17" {
			t.Errorf("%s", counted(c))
		}
		for _, identifier := range []string{"a1", "a2"} {
			w.put("user_activity", sandbox.Fields{
				"created_at": noon.Add(-time.Hour), "user_id": "u", "activity_note": "same", "activity_identifier": identifier,
			})
		}
		run = w.run("user_activity", engine.Ask{})
		if c := run.Counts; c.Created != 1 || c.Failed != 1 || run.Status != crm.StatusPartial || w.count("salespro_user_activity") != "18" {
			t.Errorf("%s: %s", run.Status, counted(c))
		}
	})
}

func TestAdoptedMeasureSheet(t *testing.T) {
	onPostgres(t, sandbox.Config{Rows: map[string]int{"measure_sheet": 300, "estimate": 50}, Seed: 11}, func(w *world) {
		w.exec(djangoTables["measure_sheet"], `INSERT INTO ingestion_salespro_measure_sheet (created_at, updated_at) VALUES ('2020-01-01Z', '2020-01-01Z')`)
		if c := w.run("measure_sheet", engine.Ask{}).Counts; c.Created != 300 || c.Deleted != 1 || w.count("ingestion_salespro_measure_sheet") != "300" {
			t.Error(counted(c))
		}
		if c := w.run("measure_sheet", engine.Ask{}).Counts; c.Unchanged != 300 || c.Created+c.Updated+c.Deleted > 0 {
			t.Error(counted(c))
		}
	})
}

// What a column of the old system cannot hold is NULL and told (L5), and one that takes
// no NULL has what stands in for it.
func TestAdoptedColumnsThatAreTooSmall(t *testing.T) {
	onPostgres(t, sandbox.Config{}, func(w *world) {
		w.exec(djangoTables["payments"])
		w.put("payments", sandbox.Fields{
			"payment_id": "p1", "payment_success": nil, "payment_amount": "99999999999.99", "payment_type": strings.Repeat("x", 101),
			"updated_at": "2026-04-01 10:00:00",
		})
		run := w.run("payments", engine.Ask{})
		got := w.row(`SELECT concat_ws(' ', payment_id, updated_at AT TIME ZONE 'UTC', payment_success, payment_amount, payment_type) FROM salespro_payment`)
		if got != "p1 2026-04-01 10:00:00 f" || run.Counts.Issues != 2 {
			t.Errorf("%q: %+v", got, run.Counts)
		}
	})
}
