package app_test

import (
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/warehouse"
)

func TestMigrateTellsWhatItDid(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		a := (&script{}).open(t, database, withToken)
		// Made by somebody else, under its other name.
		if err := a.Change(t.Context(), func(db warehouse.Driver) error {
			_, err := db.Exec(t.Context(), "CREATE TABLE old_parts (id bigint PRIMARY KEY)")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		done, err := a.Migrate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		find := func(table string) app.Migration {
			t.Helper()
			i := slices.IndexFunc(done, func(m app.Migration) bool { return m.Table == table })
			if i < 0 {
				t.Fatalf("no %s in %+v", table, done)
			}
			return done[i]
		}
		if m := find("warren_stream"); !m.Created || m.Stream.Source != "" || m.Added != nil {
			t.Errorf("%+v", m)
		}
		if m := find("acme_things"); !m.Created || m.Stream.Stream != "things" {
			t.Errorf("%+v", m)
		}
		if m := find("old_parts"); m.Created || !slices.Contains(m.Added, "email") || slices.Contains(m.Added, "id") {
			t.Errorf("%+v", m)
		}
		done, err = a.Migrate(t.Context())
		for _, m := range done {
			if m.Created || len(m.Added) > 0 {
				t.Errorf("again: %+v", m)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestMigrateWithoutAnAccount(t *testing.T) {
	done, err := (&script{}).open(t, "here.db", "log: {level: info}").Migrate(t.Context())
	if err != nil || len(done) != 8 {
		t.Errorf("%+v, %v", done, err)
	}
}
