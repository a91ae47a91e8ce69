package salespro_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/schema"
)

// vendor is a world whose vendor shows other columns from time to time, and in which it
// is remembered which.
type vendor struct {
	*world

	cfg      sandbox.Config
	known    crm.Schema
	contract crm.Contract
}

func newVendor(w *world, cfg sandbox.Config) *vendor {
	return &vendor{world: w, cfg: cfg, contract: crm.Contract{NewField: crm.ReactDrop, ChangedType: crm.ReactEvolve, BadValue: crm.ReactDrop}}
}

// lacks has the vendor show all columns but these.
func (v *vendor) lacks(columns ...string) {
	v.t.Helper()
	cfg := v.cfg
	cfg.Lacks, cfg.Start = columns, noon
	v.reconnect(map[string]string{"endpoint": open(v.t, cfg, nil).url})
}

// sync runs a stream as app does: described, settled, remembered. It returns what changed
// as well.
func (v *vendor) sync(name string, ask engine.Ask) (run crm.Run, changes string, err error) {
	v.t.Helper()
	v.clock.now = v.clock.now.Add(time.Minute)
	described, err := v.connector.(crm.Describer).Describe(v.t.Context(), stream(v.t, name))
	if err != nil {
		return crm.Run{}, "", err
	}
	settled, err := schema.Settle(described, v.known, v.contract)
	if err != nil {
		return crm.Run{}, "", err
	}
	var told []string
	for _, c := range settled.Changes {
		told = append(told, c.String())
	}
	run, err = v.runAs(name, settled.Stream, ask)
	if err == nil {
		settled.Learned = append(settled.Learned, settled.Proved...)
	}
	for _, l := range settled.Learned {
		v.known = append(slices.DeleteFunc(v.known, func(k crm.SchemaField) bool { return k.Kind == l.Kind && k.Name == l.Name }), l)
	}
	return run, strings.Join(told, "; "), err
}

func (v *vendor) runAs(name string, settled crm.Stream, ask engine.Ask) (crm.Run, error) {
	v.t.Helper()
	v.alter = func(s *crm.Stream) { *s = settled }
	defer func() { v.alter = nil }()
	return v.try(name, ask)
}

func (v *vendor) mustSync(name string) (crm.Run, string) {
	v.t.Helper()
	run, changes, err := v.sync(name, engine.Ask{})
	if err != nil {
		v.t.Fatalf("%s: %v", name, err)
	}
	return run, changes
}

const (
	typesOf  = "SELECT count(*) FROM ingestion_salespro_payments WHERE payment_type IS NOT NULL"
	pricesOf = "SELECT count(*) FROM ingestion_salespro_user_activity WHERE price_type IS NOT NULL"
)

func (v *vendor) number(query string) string {
	v.t.Helper()
	return v.row(strings.Replace(query, "count(*)", "CAST(count(*) AS text)", 1))
}

// A column that the vendor takes away keeps what it holds, whatever comes with the rows
// meanwhile; that it is gone is told once, and so is that it is back. Then everything is
// read, for rows that did not change have it as well.
func TestL5AColumnThatTheVendorTakesAwayKeepsWhatItHolds(t *testing.T) {
	cfg := sandbox.Config{Rows: map[string]int{"payments": 300}}
	onBoth(t, cfg, func(w *world) {
		v := newVendor(w, cfg)
		v.lacks()
		if run, changes := v.mustSync("payments"); run.Counts.Created != 300 || changes != "" {
			v.t.Fatalf("%s, %q", counted(run.Counts), changes)
		}
		has := v.number(typesOf)
		for i, c := range []struct {
			lacks []string
			says  string
			mode  crm.Mode
		}{
			{nil, "", crm.ModeIncremental},
			{[]string{"payments.payment_type"}, "the field payment_type no more", crm.ModeFull},
			{[]string{"payments.payment_type"}, "", crm.ModeIncremental},
			{nil, "the field payment_type again", crm.ModeFull},
			{nil, "", crm.ModeIncremental},
		} {
			v.lacks(c.lacks...)
			run, changes := v.mustSync("payments")
			if run.Mode != c.mode || !strings.Contains(changes, c.says) || (c.says == "") != (changes == "") {
				v.t.Errorf("%d: a %s run, %q", i, run.Mode, changes)
			}
			if got := v.number(typesOf); got != has || has == "0" || v.count("ingestion_salespro_payments") != "300" {
				v.t.Errorf("%d: %s of %s rows have a type, and %s had", i, got, v.count("ingestion_salespro_payments"), has)
			}
		}
		v.contract.ChangedType = crm.ReactFreeze
		v.lacks("payments.payment_type")
		_, _, err := v.sync("payments", engine.Ask{})
		codeIs(v.t, err, crm.CodeSchema)
	})
}

// Rows without a key would be others without a column: the run fails until somebody wants
// it so, and then the table is what the share is, no row twice.
func TestL5AColumnOfRowsWithoutAKeyIsTakenAway(t *testing.T) {
	cfg := sandbox.Config{Rows: map[string]int{"user_activity": 300}}
	onBoth(t, cfg, func(w *world) {
		v := newVendor(w, cfg)
		v.lacks()
		v.mustSync("user_activity")
		rows, has := v.count("ingestion_salespro_user_activity"), v.number(pricesOf)
		v.lacks("user_activity.price_type")
		_, _, err := v.sync("user_activity", engine.Ask{})
		codeIs(v.t, err, crm.CodeSchema)
		if v.number(pricesOf) != has || has == "0" {
			v.t.Errorf("%s of %s prices are left", v.number(pricesOf), has)
		}
		v.contract.ChangedType = crm.ReactDrop
		_, changes, err := v.sync("user_activity", engine.Ask{Since: noon.AddDate(-1, 0, 0)})
		codeIs(v.t, err, crm.CodeUsage)
		if !strings.Contains(changes, "price_type no more") || v.number(pricesOf) != has {
			v.t.Errorf("%q, %s prices", changes, v.number(pricesOf))
		}
		run, changes := v.mustSync("user_activity")
		if run.Mode != crm.ModeFull || changes != "" || v.count("ingestion_salespro_user_activity") != rows || v.number(pricesOf) != "0" {
			v.t.Errorf("a %s run, %q: %s, %s prices", run.Mode, changes, counted(run.Counts), v.number(pricesOf))
		}
		v.contract.ChangedType = crm.ReactEvolve
		if run, changes := v.mustSync("user_activity"); run.Mode != crm.ModeIncremental || changes != "" || run.Counts.Created != 0 {
			v.t.Errorf("a %s run, %q: %s", run.Mode, changes, counted(run.Counts))
		}
		v.lacks()
		if run, _ := v.mustSync("user_activity"); v.count("ingestion_salespro_user_activity") != rows || v.number(pricesOf) != has {
			v.t.Errorf("%s, %s prices", counted(run.Counts), v.number(pricesOf))
		}
	})
}

// A column that the vendor gives another type is told of, or stops the run, as the contract
// has it; its column stays as it is.
func TestAColumnOfAnotherType(t *testing.T) {
	cfg := sandbox.Config{Rows: map[string]int{"payments": 300}}
	onBoth(t, cfg, func(w *world) {
		v := newVendor(w, cfg)
		v.lacks()
		v.mustSync("payments")
		for i, k := range v.known {
			if k.Kind == crm.SchemaTyped && k.Name == "payment_amount" {
				v.known[i].Type = crm.TypeBoolean // what it was in the vendor's first version
			}
		}
		v.contract.ChangedType = crm.ReactFreeze
		_, _, err := v.sync("payments", engine.Ask{})
		codeIs(v.t, err, crm.CodeSchema)
		v.contract.ChangedType = crm.ReactEvolve
		run, changes := v.mustSync("payments")
		if run.Mode != crm.ModeIncremental || !strings.Contains(changes, "the field payment_amount, until now boolean, is now decimal") {
			v.t.Errorf("a %s run, %q", run.Mode, changes)
		}
		if _, changes = v.mustSync("payments"); changes != "" || v.number("SELECT count(*) FROM ingestion_salespro_payments WHERE payment_amount IS NOT NULL") == "0" {
			v.t.Errorf("%q, or the amounts are gone", changes)
		}
	})
}

// Where the catalog cannot be read a run proves what it has read, and a column that goes
// later is told of; one that the share was known to lack is not asked for meanwhile, and
// the walk that is paid for is gone on with.
func TestTrapTheCatalogCannotAlwaysBeRead(t *testing.T) {
	cfg := sandbox.Config{Rows: map[string]int{"payments": 300}}
	closed := cfg
	closed.Traps.NoMetadata = "denied"
	onBoth(t, cfg, func(w *world) {
		v := newVendor(w, closed)
		v.lacks()
		v.mustSync("payments")
		has := v.number(typesOf)
		v.cfg = cfg
		v.lacks("payments.payment_type")
		if run, changes := v.mustSync("payments"); !strings.Contains(changes, "payment_type no more") || v.number(typesOf) != has || has == "0" {
			v.t.Errorf("%s, %q: %s of %s types are left", counted(run.Counts), changes, v.number(typesOf), has)
		}
	})
	onBoth(t, cfg, func(w *world) {
		v := newVendor(w, cfg)
		for i, share := range []sandbox.Config{cfg, closed, cfg} {
			v.cfg = share
			v.lacks("payments.payment_type")
			want := crm.ModeIncremental
			if i == 0 {
				want = crm.ModeFull
			}
			if run, changes := v.mustSync("payments"); run.Mode != want || changes != "" {
				v.t.Errorf("%d: a %s run, %q", i, run.Mode, changes)
			}
		}
	})
}

// A column that a share never had is NULL. When it comes, everything is read once.
func TestAColumnThatTheShareGetsLater(t *testing.T) {
	cfg := sandbox.Config{Rows: map[string]int{"user_activity": 300, "payments": 300}}
	onBoth(t, cfg, func(w *world) {
		for name, query := range map[string]string{"payments": typesOf, "user_activity": pricesOf} {
			v := newVendor(w, cfg)
			v.lacks("payments.payment_type", "user_activity.price_type")
			v.mustSync(name)
			rows := v.count("ingestion_salespro_" + name)
			if run, changes := v.mustSync(name); run.Mode != crm.ModeIncremental || changes != "" || v.number(query) != "0" {
				v.t.Errorf("%s: a %s run, %q", name, run.Mode, changes)
			}
			v.lacks()
			if run, _ := v.mustSync(name); run.Mode != crm.ModeFull || v.number(query) == "0" || v.count("ingestion_salespro_"+name) != rows {
				v.t.Errorf("%s: a %s run, %s: %s of %s", name, run.Mode, counted(run.Counts), v.number(query), rows)
			}
		}
	})
}

// The description is asked for once a run, and where the key may not read the catalog
// nothing changes.
func TestDescribe(t *testing.T) {
	a := open(t, sandbox.Config{Records: 20, Lacks: []string{"payments.payment_type"}}, nil)
	describe := func(name string) (crm.Stream, error) {
		return a.connector.(crm.Describer).Describe(t.Context(), stream(t, name))
	}
	payments, err := describe("payments")
	if err != nil {
		t.Fatal(err)
	}
	var absent []string
	for _, f := range payments.Fields {
		if f.Absent {
			absent = append(absent, f.Column)
		}
	}
	if strings.Join(absent, " ") != "payment_type" || len(payments.Described) != len(payments.Fields)-1 || stream(t, "payments").Fields[6].Absent {
		t.Errorf("%q of %d: %q", absent, len(payments.Fields), payments.Described)
	}
	for path, want := range map[string]crm.Type{
		"payment_id": crm.TypeText, "payment_amount": crm.TypeDecimal, "payment_success": crm.TypeBoolean, "updated_at": crm.TypeTimestamp,
	} {
		if got, is := payments.DescribedAs[path]; !is || got != want {
			t.Errorf("%s is a %s", path, got)
		}
	}
	for range 2 {
		if r := a.walk(t.Context(), payments, crm.Request{}, nil); r.err != nil || !strings.Contains(r.notice, "has no column payment_type") {
			t.Errorf("%v: %s", r.err, r.notice)
		}
	}
	if n := a.share.Requests()["Athena.GetTableMetadata 200"]; n != 2 {
		t.Errorf("%d descriptions for two runs of which one was described", n)
	}
	results, err := describe("lead_results")
	if _, typed := results.DescribedAs[`lead_results_by_title.Notes`]; typed || err != nil || !slices.Contains(results.Described, `lead_results_by_title.Notes`) || slices.ContainsFunc(results.Fields, func(f crm.Field) bool { return f.Absent }) {
		t.Errorf("%v: %q", err, results.Described)
	}
	if activity, err := describe("user_activity"); err != nil || slices.Contains(activity.Described, "content_hash") || activity.Fields[0].Absent {
		t.Errorf("%v: %q", err, activity.Described)
	}
	a.trap("nometadata")
	if payments, err = describe("payments"); err != nil || !payments.Undescribed || len(payments.Described) != len(payments.Fields) || payments.Fields[6].Absent {
		t.Errorf("%v: %q", err, payments.Described)
	}
	a.trap("")
	days := open(t, sandbox.Config{Records: 20, Partitioned: true}, nil)
	logged := stream(t, "user_activity")
	logged.Fields = append(logged.Fields, crm.Field{Column: "day", Paths: []string{"dt"}, Type: crm.TypeText})
	if logged, err = days.connector.(crm.Describer).Describe(t.Context(), logged); err != nil || !slices.Contains(logged.Described, "dt") {
		t.Errorf("a partition is a column like any other: %v: %q", err, logged.Described)
	}
	if users, err := describe("users"); err != nil || len(users.Described) != 0 {
		t.Errorf("%v: %q", err, users.Described)
	}
}
