package postgres_test

import (
	"context"
	"errors"
	neturl "net/url"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// withParameter adds a parameter to an address.
func withParameter(url, parameter string) string {
	if strings.Contains(url, "?") {
		return url + "&" + parameter
	}
	return url + "?" + parameter
}

// database is a fresh database with a driver on it, and a connection beside it
// through which the test looks and interferes.
type database struct {
	testing.TB
	url    string
	driver *postgres.Driver
	conn   *pgx.Conn
}

func newDatabase(t testing.TB, statements ...string) *database {
	t.Helper()
	url := pgtest.URL(t)
	d := &database{TB: t, url: url, conn: connect(t, url)}
	for _, s := range statements {
		d.exec(s)
	}
	d.driver = open(t, url, postgres.Options{})
	t.Cleanup(func() { _ = d.driver.Close() })
	return d
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// exec runs SQL, several statements if need be.
func (d *database) exec(sql string) {
	d.Helper()
	if _, err := d.conn.PgConn().Exec(d.Context(), sql).ReadAll(); err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
}

// role makes a role that may connect and nothing else, with the password x.
func (d *database) role(t *testing.T) string {
	t.Helper()
	role := "helper_" + strings.ReplaceAll(strings.ToLower(t.Name()), "/", "_")
	d.exec("CREATE ROLE " + role + " LOGIN PASSWORD 'x'")
	t.Cleanup(func() {
		if _, err := d.conn.PgConn().Exec(context.Background(), "DROP OWNED BY "+role+"; DROP ROLE "+role).ReadAll(); err != nil {
			t.Error(err)
		}
	})
	return role
}

// as is the database's address for a role.
func (d *database) as(t *testing.T, role string) string {
	t.Helper()
	address, err := neturl.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	address.User = neturl.UserPassword(role, "x")
	return address.String()
}

// wantQuery compares a query's answer, each value as the server writes it, with
// rows of text.
func (d *database) wantQuery(sql string, want ...[]string) {
	d.Helper()
	results, err := d.conn.PgConn().Exec(d.Context(), sql).ReadAll()
	if err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
	var got [][]string
	for _, row := range results[0].Rows {
		var texts []string
		for _, b := range row {
			if b == nil {
				texts = append(texts, "NULL")
				continue
			}
			texts = append(texts, string(b))
		}
		got = append(got, texts)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.Errorf("%s (-want +got):\n%s", sql, diff)
	}
}

// open returns the stream's table, made or amended.
func (d *database) open(stream crm.Stream) warehouse.Table {
	d.Helper()
	return openTable(d, d.driver, stream)
}

// write writes rows in a transaction of their own and compares the counts.
func (d *database) write(table warehouse.Table, rows []crm.Row, created, updated, unchanged int64) {
	d.Helper()
	wantCounts(d, write(d, d.driver, table, rows), created, updated, unchanged)
}

func wantCounts(t testing.TB, got crm.Counts, created, updated, unchanged int64) {
	t.Helper()
	want := crm.Counts{Fetched: created + updated + unchanged, Created: created, Updated: updated, Unchanged: unchanged}
	if got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

// refuses writes rows, which must fail with a code and words.
func (d *database) refuses(table warehouse.Table, rows []crm.Row, code crm.Code, words ...string) {
	d.Helper()
	err := d.driver.InTx(d.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(d.Context(), tx, rows)
		return err
	})
	wantError(d, err, code, words...)
}

// wantError checks the code of an error and that its message, its cause and its
// fix have the words between them.
func wantError(t testing.TB, err error, code crm.Code, words ...string) {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *crm.Error, want %s", err, code)
	}
	if e.Code != code || e.Message == "" || e.Fix == "" {
		t.Errorf("%s %q fix %q, want code %s", e.Code, e.Error(), e.Fix, code)
	}
	for _, word := range words {
		if !strings.Contains(e.Error()+" "+e.Fix, word) {
			t.Errorf("%q, fix %q: nothing of %q", e.Error(), e.Fix, word)
		}
	}
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// things is a small stream: an id, a text, and the time of its last change.
func things(fields ...crm.Field) crm.Stream {
	s := crm.Stream{
		Name: "things", Title: "things", Table: "things", PrimaryKey: []string{"id"}, Cursor: "changed",
		Fields: []crm.Field{{Column: "id", Type: crm.TypeInteger}, {Column: "name", Type: crm.TypeText}, {Column: "changed", Type: crm.TypeTimestamp}},
	}
	s.Fields = append(s.Fields, fields...)
	return s
}

// thing returns a row of things; its hash comes from its name and version.
func thing(id int64, name string, version int64, more ...crm.Value) crm.Row {
	row := crm.Row{
		ID: crm.IntegerValue(id).String(), Key: []crm.Value{crm.IntegerValue(id)},
		Cursor: crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: version * 1_000_000},
		Raw:    []byte(`{"name": "` + name + `"}`),
	}
	row.Values = append([]crm.Value{row.Key[0], text(name), row.Cursor}, more...)
	copy(row.Hash[:], name)
	row.Hash[15] = byte(version) + 1
	return row
}

func text(s string) crm.Value    { return crm.TextValue([]byte(s)) }
func decimal(s string) crm.Value { return crm.DecimalValue([]byte(s)) }
