package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// floor is the plainest way into PostgreSQL: curl, psql's COPY into a staging
// table, and one merge, in one transaction.
type floor struct {
	database

	dir  string
	psql string
}

// nameFloor is how tables call it.
const nameFloor = "curl + psql"

func (f *floor) name() string { return nameFloor }

func (f *floor) open(ctx context.Context) error {
	if err := f.database.open(ctx); err != nil {
		return err
	}
	// The programs of the server, for distributions put a script before psql.
	programs, err := f.ask(ctx, "SELECT setting FROM pg_config WHERE name = 'BINDIR'")
	if err != nil {
		return err
	}
	f.psql = filepath.Join(programs, "psql")
	if _, err := os.Stat(f.psql); err != nil {
		f.psql = "psql"
	}
	return f.exec(ctx, append([]string{createLeads()}, createIndexes()...)...)
}

// createLeads returns the specification's table.
func createLeads() string {
	var list []string
	for _, c := range columns() {
		list = append(list, c.name+" "+c.postgres)
	}
	list = append(list, "synced_at timestamptz NOT NULL DEFAULT now()", "created_in_sync timestamptz NOT NULL DEFAULT now()")
	return "CREATE TABLE " + leadTable + " (" + strings.Join(list, ", ") + ")"
}

// script is what psql runs.
func script(rows string) string {
	return strings.Join([]string{
		"BEGIN;",
		"CREATE TEMPORARY TABLE staging (LIKE " + leadTable + " INCLUDING DEFAULTS) ON COMMIT DROP;",
		`\copy staging (` + names("") + ") FROM '" + rows + "'",
		"INSERT INTO " + leadTable + " AS t (" + names("") + ") SELECT " + names("s.") + " FROM staging AS s" +
			" ON CONFLICT (id) DO UPDATE SET " + assignments() + ", synced_at = now()" +
			" WHERE (t.data) IS DISTINCT FROM (excluded.data);",
		"COMMIT;",
	}, "\n") + "\n"
}

func (f *floor) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	got, err := fetch(ctx, s, st, f.dir)
	if err != nil {
		return cost{}, err
	}
	file := filepath.Join(f.dir, "load.sql")
	if err := os.WriteFile(file, []byte(script(got.rows)), 0o600); err != nil {
		return cost{}, err
	}
	load, err := f.around(ctx, func() (cost, error) {
		cmd := exec.CommandContext(ctx, f.psql, "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname="+f.address(), "--file="+file)
		cmd.Env = environment()
		c, output, err := clock(cmd)
		if err != nil {
			return cost{}, err
		}
		if want := fmt.Sprintf("INSERT 0 %d\n", st.written); !strings.Contains(string(output), want) {
			return cost{}, fmt.Errorf("psql wrote other rows than the %d that changed:\n%s", st.written, output)
		}
		return c, nil
	})
	load.Spared = got.making
	return got.curl.then(load), err
}
