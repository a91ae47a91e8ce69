package cli_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// exported writes the vendor's exports into the directory of the desk: users.csv and
// offices.csv.
func (d *desk) exported(customers int) {
	d.t.Helper()
	share, err := salespro.New(salespro.Config{Records: customers, Seed: 1})
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = share.Close() }()
	for name, export := range map[string]func(io.Writer) error{"users.csv": share.WriteUsers, "offices.csv": share.WriteOffices} {
		var text strings.Builder
		if err := export(&text); err != nil {
			d.t.Fatal(err)
		}
		write(d.t, filepath.Join(d.world.Dir, name), text.String())
	}
	d.env["SALESPRO_DATABASE"] = share.Database()
}

// A file of the one stream is not taken for the other's, whose key has the same name.
func TestImportOfTheWrongFile(t *testing.T) {
	both(t, salesrabbit.Config{}, func(t *testing.T, d *desk) {
		d.exported(100)
		d.run("import", "salespro", "offices", "users.csv").exits(cli.ExitUsage).warns("users.csv looks like a file of users", "warren import salespro users")
		d.run("import", "salespro", "users", "offices.csv").exits(cli.ExitUsage).warns("offices.csv looks like a file of offices")
		d.run("import", "salespro", "users", "users.csv").exits(cli.ExitOK)
		d.run("import", "salespro", "offices", "offices.csv").exits(cli.ExitOK)
	})
}

// The exports of the vendor's dashboard, dirt and all, under the new and under the old
// names; nothing is asked of the share, and no key is needed.
func TestImportOfUsersAndOffices(t *testing.T) {
	both(t, salesrabbit.Config{}, func(t *testing.T, d *desk) {
		d.exported(12_000) // 60 people sell
		d.run("import", "salespro", "users", "users.csv", "--dry-run").exits(cli.ExitOK).says("60 created")
		d.run("import", "salespro", "users", "users.csv").exits(cli.ExitOK)
		if got := d.lastLine(); got != "SalesPro sync completed: 60 created, 0 updated, 0 failed" {
			t.Errorf("the last line is %q", got)
		}
		d.run("csv_salespro_users", filepath.Join(d.world.Dir, "users.csv")).exits(cli.ExitOK)
		if got := d.lastLine(); got != "SalesPro sync completed: 0 created, 0 updated, 0 failed" {
			t.Errorf("the last line is %q", got)
		}
		d.run("csv_salespro_offices", "offices.csv").exits(cli.ExitOK)
		if got := d.lastLine(); got != "SalesPro sync completed: 7 created, 0 updated, 0 failed" {
			t.Errorf("the last line is %q", got)
		}
		if n := d.text(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user WHERE allowed_offices LIKE '[{"__type":"Pointer",%'`); n != "60" {
			t.Errorf("%s users have the offices that they may see as they were written", n)
		}
		if n := d.text(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_office WHERE name = 'San José' OR name = 'Orlando "East"' OR name = 'Provo, Utah'`); n != "3" {
			t.Errorf("%s offices of 3", n)
		}
		if n := d.text(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user WHERE deactivated_date IS NOT NULL AND created IS NOT NULL`); n == "0" {
			t.Error("nobody is deactivated")
		}
		d.run("history").exits(cli.ExitOK).says("users", "offices")
	})
}

// What stands between two commas is told from nothing (L5): NULL is not the empty text,
// a flag that is not set is as the old system had it, and what is no time is an issue.
func TestL5ValuesOfAnImport(t *testing.T) {
	both(t, salesrabbit.Config{}, func(t *testing.T, d *desk) {
		d.env["SALESPRO_DATABASE"] = "acme"
		write(t, filepath.Join(d.world.Dir, "users.csv"), strings.Join([]string{
			"objectId,username,email,isActive,isManager,createdAt,allowedOffices,licenseNumber",
			`u1,"  ann ",,True,1,2024-05-01T10:00:00.123Z,"[{""objectId"":""o1""}]",007`,
			`u2,"","none@",0,,yesterday,[cut,`,
			`,nobody,,,,,,`,
			`u3,too,few`,
		}, "\n")+"\n")
		d.run("import", "salespro", "users", "users.csv").exits(cli.ExitOK)
		if got := d.lastLine(); got != "SalesPro sync completed: 2 created, 0 updated, 2 failed" {
			t.Errorf("the last line is %q", got)
		}
		for query, want := range map[string]string{
			`SELECT username FROM ingestion_salespro_user WHERE user_object_id = 'u1'`:                                            "  ann ",
			`SELECT email FROM ingestion_salespro_user WHERE user_object_id = 'u1'`:                                               "NULL",
			`SELECT license_number FROM ingestion_salespro_user WHERE user_object_id = 'u1'`:                                      "007",
			`SELECT allowed_offices FROM ingestion_salespro_user WHERE user_object_id = 'u1'`:                                     `[{"objectId":"o1"}]`,
			`SELECT username FROM ingestion_salespro_user WHERE user_object_id = 'u2'`:                                            "",
			`SELECT email FROM ingestion_salespro_user WHERE user_object_id = 'u2'`:                                               "none@",
			`SELECT license_number FROM ingestion_salespro_user WHERE user_object_id = 'u2'`:                                      "NULL",
			`SELECT allowed_offices FROM ingestion_salespro_user WHERE user_object_id = 'u2'`:                                     "[cut",
			`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user WHERE user_object_id = 'u1' AND is_active AND is_manager`: "1",
			`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user WHERE NOT is_active AND NOT is_manager`:                   "1",
			`SELECT CAST(count(*) AS text) FROM ingestion_salespro_user WHERE user_object_id = 'u2' AND created IS NULL`:          "1",
		} {
			if got := d.text(query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		d.run("quarantine", "list").exits(cli.ExitOK).says("users")
		d.run("issues").exits(cli.ExitOK).says("yesterday", "none@")
		d.run("import", "salespro", "users", "users.csv", "--fail-on-partial").exits(cli.ExitPartial)
		d.run("import", "salespro", "users", "users.csv", "--output", "json").exits(cli.ExitOK).says(`"unchanged": 2`)
	})
}

// Who is not in a part of the list is still there; who is not in all of it is gone.
func TestImportOfACompleteList(t *testing.T) {
	d := at(t, salesrabbit.Config{})
	d.env["SALESPRO_DATABASE"] = "acme"
	list := func(ids ...string) {
		write(t, filepath.Join(d.world.Dir, "offices.csv"), "office_id,name\n"+strings.Join(ids, ",x\n")+",x\n")
	}
	gone := func() string {
		return d.text(`SELECT CAST(count(*) AS text) FROM ingestion_salespro_office WHERE warren_deleted_at IS NOT NULL`)
	}
	list("a", "b", "c", "d", "e", "f")
	d.run("import", "salespro", "offices", "offices.csv").exits(cli.ExitOK)
	list("a", "b", "c", "d", "e")
	d.run("import", "salespro", "office", "offices.csv").exits(cli.ExitOK)
	if n := gone(); n != "0" {
		t.Errorf("%s offices are gone for not being in a part of the list", n)
	}
	list("a", "b", "c", "d")
	d.run("import", "salespro", "offices", "offices.csv", "--complete")
	if n := gone(); n != "0" {
		t.Errorf("%s offices of 6 are gone, more than 20 %% are", n)
	}
	d.run("import", "salespro", "offices", "offices.csv", "--complete", "--delete-limit", "50%").exits(cli.ExitOK)
	if n := gone(); n != "2" {
		t.Errorf("%s offices are gone, want 2", n)
	}
}

func TestImportThatMakesNoSense(t *testing.T) {
	d := at(t, salesrabbit.Config{})
	d.env["SALESPRO_DATABASE"] = "acme"
	write(t, filepath.Join(d.world.Dir, "offices.csv"), "office_id,name\na,x\n")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"import"}, "takes a source, a stream and a file"},
		{[]string{"import", "salespro", "offices"}, "takes a source, a stream and a file"},
		{[]string{"import", "salespro", "offices", "no.csv"}, "no.csv cannot be opened"},
		{[]string{"import", "salespro", "users", "offices.csv"}, "no column objectId"},
		{[]string{"import", "salespro", "payments", "offices.csv"}, "not imported from a file"},
		{[]string{"import", "salespro", "offices", "offices.csv", "--batch-size", "99999"}, "batch-size"},
		{[]string{"import", "salespro", "offices", "offices.csv", "--delete-limit", "50%"}, "--complete"},
		{[]string{"csv_salespro_users"}, "takes one file"},
		{[]string{"csv_salespro_users", "a.csv", "b.csv"}, "takes one file"},
	} {
		d.run(c.args...).exits(cli.ExitUsage).warns(c.says)
	}
	if got := list(t, d.world.Dir); len(got) != 1 {
		t.Errorf("something was written: %q", got)
	}
}
