package postgres_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
)

// django does one step of what Django does: really, where a Python with Django
// and psycopg2 is there, else by the SQL that Django would send.
type django struct {
	*database
	python string
}

func newDjango(d *database) (django, bool) {
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import django, psycopg2").Run() == nil {
			return django{d, python}, true
		}
	}
	return django{}, false
}

func (d django) step(name string) []byte {
	d.Helper()
	if d.python == "" {
		results, err := d.conn.PgConn().Exec(d.Context(), readFile(d, "testdata/django/"+name+".sql")).ReadAll()
		if err != nil {
			d.Fatal(err)
		}
		if last := results[len(results)-1]; len(last.Rows) == 1 {
			return last.Rows[0][0]
		}
		return nil
	}
	config, err := pgx.ParseConfig(d.url)
	if err != nil {
		d.Fatal(err)
	}
	cmd := exec.CommandContext(d.Context(), d.python, "step.py", name)
	cmd.Dir = "testdata/django"
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PGHOST="+config.Host, "PGPORT="+strconv.Itoa(int(config.Port)),
		"PGUSER="+config.User, "PGPASSWORD="+config.Password, "PGDATABASE="+config.Database)
	out, err := cmd.Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			d.Fatalf("django %s: %v\n%s", name, err, failed.Stderr)
		}
		d.Fatal(err)
	}
	return out
}

type djangoLead struct {
	ID           int64          `json:"id"`
	FirstName    *string        `json:"first_name"`
	State        *string        `json:"state"`
	Status       *string        `json:"status"`
	IsHot        bool           `json:"is_hot"`
	Visits       int64          `json:"visits"`
	Latitude     *string        `json:"latitude"`
	DateModified *string        `json:"date_modified"`
	Data         map[string]any `json:"data"`
	CustomFields any            `json:"custom_fields"`
	Stamped      bool           `json:"stamped"`
}

func (d django) wantLeads(want ...djangoLead) {
	d.Helper()
	var got []djangoLead
	if err := json.Unmarshal(d.step("read"), &got); err != nil {
		d.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.Errorf("Django reads (-want +got):\n%s", diff)
	}
}

// Django makes the table, Warren writes it, Django's ORM reads, changes and
// inserts, and Warren syncs again. Django's SQL, written down, stands in where
// there is no Django.
func TestDjangoAndWarrenShareATable(t *testing.T) {
	t.Run("SQL", func(t *testing.T) { shareTable(t, django{database: newDatabase(t)}) })
	t.Run("Django", func(t *testing.T) {
		d, found := newDjango(newDatabase(t))
		if !found {
			t.Log("there is no Python with Django and psycopg2; only its SQL was tried")
			return
		}
		shareTable(t, d)
	})
}

func shareTable(t *testing.T, d django) {
	d.step("create")
	stream := leadStream()
	table := d.open(stream)
	row := func(id int64, name, state string, day int) crm.Row {
		r := leadRow(id, day)
		modified := crm.TimestampValue(time.Date(2026, 1, day, 8, 30, 0, 0, time.UTC))
		for column, v := range map[string]crm.Value{
			"first_name": text(name), "state": text(state), "latitude": decimal("40.5"), "status": text("New"),
			"date_modified": modified, "custom_fields": crm.JSONValue([]byte(`{"roof": "tile"}`)),
		} {
			r.Values[stream.FieldIndex(column)] = v
		}
		r.Cursor, r.Raw = modified, []byte(`{"id": `+strconv.FormatInt(id, 10)+`, "day": `+strconv.Itoa(day)+`}`)
		if issues := table.Fit(&r); len(issues) > 0 {
			t.Errorf("issues %v", issues)
		}
		return r
	}
	lead := func(id int64, name, state string, day int) djangoLead {
		at, latitude, status := time.Date(2026, 1, day, 8, 30, 0, 0, time.UTC).Format("2006-01-02T15:04:05")+"+00:00", "40.50000000", "New"
		return djangoLead{ID: id, FirstName: &name, State: &state, Status: &status, Latitude: &latitude, DateModified: &at,
			Data: map[string]any{"id": float64(id), "day": float64(day)}, CustomFields: map[string]any{"roof": "tile"}, Stamped: true}
	}
	d.write(table, []crm.Row{row(1, "Anna", "Utah", 2), row(2, "Bob", "NV", 2)}, 1, 1, 0)
	ann := lead(1, "Anna", "Utah", 2)
	ann.IsHot, ann.Visits = true, 3 // what Django wrote and Warren does not know
	bob := lead(2, "Bob", "NV", 2)
	d.wantLeads(ann, bob)

	d.step("change")
	called, cid := "Called", "Cid"
	bob.Status = &called
	d.wantLeads(ann, bob, djangoLead{ID: 3, FirstName: &cid, Data: map[string]any{"id": 3.0}, Stamped: true})

	// Unchanged at the source, so what Django changed stays; then the source
	// has news of it, and of what Django inserted.
	d.write(table, []crm.Row{row(1, "Anna", "Utah", 2), row(2, "Bob", "NV", 2)}, 0, 0, 2)
	d.write(table, []crm.Row{row(2, "Bobby", "NV", 3), row(3, "Cid", "AZ", 3)}, 0, 2, 0)
	d.wantLeads(ann, lead(2, "Bobby", "NV", 3), lead(3, "Cid", "AZ", 3))
}
