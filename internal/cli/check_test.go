package cli_test

import (
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

type checkJSON struct {
	OK       bool
	Findings []struct {
		Subject, Message string
		OK               bool
		Error            *errorJSON
	}
}

func TestCheckThatAllIsWell(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Seed: 1, Traps: salesrabbit.Traps{NoHistories: true}}, func(t *testing.T, d *desk) {
		check := func() {
			t.Helper()
			d.run("check").exits(cli.ExitOK).says("✓ configuration: from the environment; there is no warren.yaml\n",
				"✓ warehouse ", "✓ salesrabbit leads: reachable, and the credentials are accepted\n",
				"- salesrabbit leadStatusHistories: this SalesRabbit account does not offer leadStatusHistories; it is left out\n", "Everything is well but for 1 stream that the account does not offer.\n").silent("\x1b")
		}
		check()
		if strings.HasPrefix(d.env["DATABASE_URL"], "sqlite") {
			d.says("does not exist yet; the first sync makes it")
			if found := list(t, d.world.Dir); len(found) > 0 {
				t.Errorf("it left %v", found)
			}
		} else {
			d.says("can be reached and read", "can be written")
			for _, table := range []string{"warren_stream", "warren_check", "ingestion_salesrabbit_lead", "warren_migrations"} {
				if exists, err := d.db().Exists(t.Context(), table); err != nil || exists {
					t.Errorf("it left %s behind: %v", table, err)
				}
			}
		}
		d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
		check()
		d.says("can be written")
		d.world.StdoutTerminal = true
		d.run("check", "salesrabbit", "leads").exits(cli.ExitOK).says("\x1b[32m✓\x1b[0m")
		got := answer[checkJSON](d.run("check", "--output", "json").exits(cli.ExitOK))
		if !got.OK || len(got.Findings) != 7 {
			t.Errorf("%+v", got)
		}
	})
}

// A column that was dropped is no fault, for the next sync fills it; and it is told.
func TestCheckTellsOfLostColumns(t *testing.T) {
	both(t, salesrabbit.Config{Records: 5, Seed: 1}, func(t *testing.T, d *desk) {
		const lost = "✓ table of salesrabbit leads: has lost city, zip; the next sync reads everything anew, to fill it again\n"
		d.run("sync").exits(cli.ExitOK)
		d.run("check").exits(cli.ExitOK).silent("has lost")
		for _, column := range []string{"zip", "city"} {
			d.exec("ALTER TABLE ingestion_salesrabbit_lead DROP COLUMN " + column)
		}
		for range 2 {
			d.run("check").exits(cli.ExitOK).says(lost, "Everything is well.\n")
		}
		d.run("check", "salesrabbit", "users").exits(cli.ExitOK).silent("has lost")
		d.run("sync").exits(cli.ExitOK).warns("the table had lost what it held in city, zip, so everything is read anew")
		d.run("check").exits(cli.ExitOK).silent("has lost")
	})
}

func TestCheckGoesOnAfterWhatIsWrong(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.env["DATABASE_URL"] = "sqlite:////no/such/place/x.db"
	d.run("check").exits(cli.ExitFailed).says(
		"✗ warehouse sqlite:////no/such/place/x.db: there is no directory /no/such/place\n",
		"✗ salesrabbit leads: salesrabbit refuses the token (401 Unauthorized)", "Set SALESRABBIT_API_KEY to a token",
		"- salesrabbit users: not asked: the answer would be the same\n", "2 things to mend.\n").silent("wrong-token")
	got := answer[checkJSON](d.run("check", "--output", "json").exits(cli.ExitFailed))
	if got.OK || len(got.Findings) != 6 || got.Findings[1].Error.Code != "warehouse_unreachable" || got.Findings[2].Error.Code != "source_auth" {
		t.Errorf("%+v", got)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		code int
		says []string
	}{
		"no token": {map[string]string{"SALESRABBIT_API_KEY": ""}, cli.ExitUsage,
			[]string{"✗ configuration: no source is configured", "Set SALESRABBIT_API_KEY", "✓ warehouse"}},
		"an address that is none": {map[string]string{"SALESRABBIT_API_URL": "ftp://x"}, cli.ExitUsage,
			[]string{`✗ configuration: environment variable SALESRABBIT_API_URL: "ftp://x"`}},
		"nothing listens": {map[string]string{"SALESRABBIT_API_URL": "http://127.0.0.1:1"}, cli.ExitFailed,
			[]string{"after 2 attempts", "nothing listens at http://127.0.0.1:1", "Check SALESRABBIT_API_URL"}},
		"no such host": {map[string]string{"SALESRABBIT_API_URL": "http://warren.invalid"}, cli.ExitFailed,
			[]string{"source_unreachable", "Check SALESRABBIT_API_URL"}},
		"nothing of PostgreSQL listens": {map[string]string{"DATABASE_URL": "postgres://u:geheim@127.0.0.1:1/x"}, cli.ExitFailed,
			[]string{"✗ warehouse postgres://u:xxxxx@127.0.0.1:1/x: PostgreSQL at 127.0.0.1:1 refuses the connection", "✓ salesrabbit leads"}},
		"a folder": {map[string]string{"DATABASE_URL": "sqlite:///folder/"}, cli.ExitUsage, []string{"✗ configuration", "names a folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
			for k, v := range c.env {
				d.env[k] = v
			}
			d.run("check").exits(c.code).says(c.says...).silent("geheim")
		})
	}
}

func TestCheckSQLiteFiles(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["DATABASE_URL"] = "sqlite:///" + d.world.Dir
	d.run("check").exits(cli.ExitFailed).says("is a directory", "Name a file in it")
	d.file("text.db", "this is no database, and long enough to tell so: "+strings.Repeat("x", 600))
	d.env["DATABASE_URL"] = "text.db"
	d.run("check").exits(cli.ExitFailed).says("text.db is not a SQLite database").silent("can be written")
}

func TestCheckSelections(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK).silent("users")
	d.run("check", "salesrabbit", "leeds").exits(cli.ExitUsage).warns("Did you mean leads?")
	d.file("warren.yaml", "log: {level: info}")
	d.run("check").exits(cli.ExitOK).says("✓ configuration: warren.yaml is well-formed")
	d.file("warren.yaml", "sources: {salesrabbit: {streams: {leads: {fields: {email: {rule: emial}}}}}}")
	d.run("check").exits(cli.ExitUsage).says("✗ configuration: ", "emial")
}

// as is the address of the same database for another user, whose password is geheim.
func as(t *testing.T, address, user string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, "geheim")
	return u.String()
}

func TestCheckPostgreSQLRights(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["DATABASE_URL"] = pgtest.URL(t)
	owner := d.env["DATABASE_URL"]
	role := "reader_" + strings.ToLower(rand.Text())
	d.exec("CREATE ROLE " + role + " LOGIN PASSWORD 'geheim'")
	reader := as(t, owner, role)

	d.env["DATABASE_URL"] = reader
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("✓ warehouse", "can be reached and read", "✗ warehouse", "warehouse_forbidden").silent("geheim")
	d.env["DATABASE_URL"] = owner
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.exec("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role)
	d.env["DATABASE_URL"] = reader
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("can be reached and read", "✗ warehouse", "warehouse_forbidden")
	d.env["DATABASE_URL"] = owner
	d.exec("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role)
	for _, table := range []string{"warren_issue", "warren_seen", "warren_changed"} {
		d.exec("REVOKE DELETE ON " + table + " FROM " + role)
		d.env["DATABASE_URL"] = reader
		d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("✗ warehouse", "warehouse_forbidden", table)
		d.env["DATABASE_URL"] = owner
		d.exec("GRANT DELETE ON " + table + " TO " + role)
	}
	d.env["DATABASE_URL"] = reader
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK).says("can be written")
	d.env["DATABASE_URL"] = owner
	d.exec("DROP OWNED BY " + role)
	d.exec("DROP ROLE " + role)
}

// What check says, typed as it stands by whoever may, is all that a sync lacks.
func TestCheckNamesAllRightsThatAreLacking(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["DATABASE_URL"] = pgtest.URL(t)
	owner := d.env["DATABASE_URL"]
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.exec("REVOKE TEMPORARY ON DATABASE " + d.text("SELECT current_database()") + " FROM PUBLIC")
	role := "weak_" + strings.ToLower(rand.Text())
	d.exec("CREATE ROLE " + role + " LOGIN PASSWORD 'geheim'")
	does := func(query string) {
		d.env["DATABASE_URL"] = owner
		d.exec(query)
		d.env["DATABASE_URL"] = as(t, owner, role)
	}
	defer func() {
		does("DROP OWNED BY " + role)
		does("DROP ROLE " + role)
	}()
	mend := func(lines int) {
		t.Helper()
		said := d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("lacks rights that a sync needs").silent("can be written").out.String()
		_, fix, _ := strings.Cut(said, "Fix:")
		fix, _, _ = strings.Cut(fix, "Code:")
		if n := strings.Count(fix, ";\n"); n != lines {
			t.Errorf("%d statements; want %d: %s", n, lines, fix)
		}
		does(fix)
		d.run("check", "salesrabbit", "leads").exits(cli.ExitOK).says("can be reached and read", "can be written")
		d.run("sync", "salesrabbit", "leads", "--full").exits(cli.ExitOK)
	}
	does("SELECT 1")
	mend(4) // TEMPORARY, a table that is only read, tables with rows that go, and tables without
	// As an earlier version has left it.
	does("ALTER TABLE warren_stream DROP COLUMN table_columns, DROP COLUMN columns_lost")
	does("DELETE FROM warren_migrations WHERE version_id = 5")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed).warns("must be owner of table warren_stream", `ALTER TABLE public.warren_stream OWNER TO "`+role+`";`)
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("those of an earlier version", "warren migrate", `ALTER TABLE public.warren_stream OWNER TO "`+role+`";`)
	d.env["DATABASE_URL"] = owner
	d.run("migrate").exits(cli.ExitOK).says("warren_stream", "added table_columns, columns_lost")
	d.env["DATABASE_URL"] = as(t, owner, role)
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK)

	does("ALTER TABLE ingestion_salesrabbit_lead DROP COLUMN last_name")
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed).says("must be owner of table ingestion_salesrabbit_lead", `ALTER TABLE public.ingestion_salesrabbit_lead OWNER TO "`+role+"\";\n")
	mend(1)
}

// Where there is no schema to look at, nobody says that nothing was synced yet.
func TestAWarehouseWithoutASchema(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.env["DATABASE_URL"] = pgtest.URL(t)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.env["DATABASE_URL"] += "&search_path=crn"
	for _, args := range [][]string{
		{"status"}, {"history"}, {"issues"}, {"quarantine", "list"}, {"verify", "salesrabbit", "leads"}, {"migrate"},
		{"sync", "salesrabbit"}, {"sync", "salesrabbit", "--dry-run"},
	} {
		d.run(args...).exits(cli.ExitFailed).warns(`has no schema "crn" in the database`, `CREATE SCHEMA "crn" AUTHORIZATION "postgres";`)
	}
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("✗ warehouse", `no schema "crn"`).silent("✓ warehouse")
}

// What only some streams need is tried for those: a snapshot's rows come by way of a table
// that is made for each full run and take the place of all others, and rows that are gone
// may be deleted instead of marked.
func TestCheckTriesTheRightsThatOnlySomeStreamsNeed(t *testing.T) {
	d, _ := atAll(t)
	url, crm := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 5, Seed: 1})
	d.crm = crm
	d.env["SALESRABBIT_API_URL"], d.env["SALESRABBIT_API_KEY"], d.env["SALESRABBIT_RATE"] = url, salesrabbit.DefaultToken, "0"
	d.env["DATABASE_URL"] = pgtest.URL(t)
	owner := d.env["DATABASE_URL"]
	const activity, leads = "ingestion_salespro_user_activity", "ingestion_salesrabbit_lead"
	d.run("sync", "salespro", "user_activity").exits(cli.ExitOK)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	role, writer := d.writer()
	does := func(query string) {
		d.env["DATABASE_URL"] = owner
		d.exec(query)
		d.env["DATABASE_URL"] = writer
	}
	defer func() {
		does("DROP OWNED BY " + role)
		does("DROP ROLE " + role)
	}()

	does("REVOKE DELETE ON " + leads + " FROM " + role)
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK)
	d.file("warren.yaml", "sync: {deletes: hard}")
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("✗ warehouse", "warehouse_forbidden", leads)
	does("GRANT DELETE ON " + leads + " TO " + role)
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK)

	does("ALTER TABLE " + leads + " OWNER TO " + role)
	does("DROP INDEX " + leads + "_id_idx")
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says(`  Fix:   GRANT CREATE ON SCHEMA "public" TO "` + role + "\";\n")
	does("ALTER TABLE " + leads + " OWNER TO postgres; GRANT ALL ON " + leads + " TO " + role)
	d.run("check", "salesrabbit", "leads").exits(cli.ExitFailed).says("ALTER TABLE public." + leads + ` OWNER TO "` + role)
	d.env["DATABASE_URL"] = owner
	d.run("migrate").exits(cli.ExitOK)
	d.env["DATABASE_URL"] = writer
	d.run("check", "salesrabbit", "leads").exits(cli.ExitOK)

	d.run("check", "salespro", "user_activity").exits(cli.ExitFailed).says("✗ warehouse", "warehouse_forbidden", `  Fix:   GRANT CREATE ON SCHEMA "public" TO "`+role+"\";\n")
	does("GRANT CREATE ON SCHEMA public TO " + role)
	d.run("check", "salespro", "user_activity").exits(cli.ExitOK)
	d.run("sync", "salespro", "user_activity", "--full").exits(cli.ExitOK)
	does("REVOKE DELETE ON " + activity + " FROM " + role)
	d.run("check", "salespro", "user_activity").exits(cli.ExitFailed).says("✗ warehouse", "warehouse_forbidden", activity)
	d.run("sync", "salespro", "user_activity", "--full").exits(cli.ExitFailed).warns("warehouse_forbidden", activity)
}

// A table of the old system is looked at as it is, before the first sync adds what it lacks.
func TestATableThatLacksItsKeyIsLookedAt(t *testing.T) {
	d, _ := atAll(t)
	d.env["DATABASE_URL"] = pgtest.URL(t)
	d.exec(`CREATE TABLE ingestion_salespro_user_activity (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, created_at timestamptz, user_id text)`)
	d.exec(`INSERT INTO ingestion_salespro_user_activity (user_id) VALUES ('theirs')`)
	d.run("check", "salespro", "user_activity").exits(cli.ExitOK).says("✓ warehouse", "can be written")
	d.run("sync", "salespro", "user_activity", "--dry-run").exits(cli.ExitOK).says("user_activity")
	if got := d.text("SELECT count(*) FROM ingestion_salespro_user_activity WHERE user_id = 'theirs'"); got != "1" {
		t.Errorf("%s rows of theirs are left", got)
	}
	d.run("sync", "salespro", "user_activity").exits(cli.ExitOK)
	if got := d.text("SELECT count(*) FROM ingestion_salespro_user_activity WHERE user_id = 'theirs'"); got != "0" {
		t.Errorf("%s rows of theirs are left by the sync, which replaces them", got)
	}
}

// A table without any column is one that lacks all of them.
func TestATableWithoutColumnsIsLookedAt(t *testing.T) {
	d, _ := atAll(t)
	d.env["DATABASE_URL"] = pgtest.URL(t)
	d.exec(`CREATE TABLE ingestion_salespro_measure_sheet ()`)
	d.run("check", "salespro", "measure_sheet").exits(cli.ExitOK).says("can be written")
	d.run("sync", "salespro", "measure_sheet").exits(cli.ExitOK)
	d.run("check", "salespro", "measure_sheet").exits(cli.ExitOK).says("can be written")
}
