package postgres_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// L8: an address that cannot be used is not shown, password or not; what is wrong with it
// is said.
func TestL8_BadAddress(t *testing.T) {
	const secret = "hunter2"
	for url, words := range map[string]string{
		"postgres://warren:" + secret + "@host:port/db":                           "its port is no number",
		"postgres://warren:" + secret + "%zz@host/db":                             "cannot be read",
		"postgres://warren:" + secret + "@host/db?sslmode=maybe":                  "its sslmode is none that PostgreSQL knows",
		"postgres://warren:" + secret + "@host/db?sslrootcert=/nowhere/" + secret: "certificate file",
		"host=h password=" + secret + " nonsense":                                 "cannot be read",
		"postgres://warren:" + secret + "@host/db?connect_timeout=" + secret:      "the value of its connect_timeout makes no sense",
		"postgres://warren:" + secret + "@host/db?pool_max_conns=0":               "the value of its pool_max_conns makes no sense",
		"host=h password=" + secret + " default_query_exec_mode=pool_max_conns":   "the value of its default_query_exec_mode makes no sense",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		wantError(t, err, crm.CodeConfig, "PostgreSQL address", words)
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "host") {
			t.Errorf("%v", err)
		}
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for url, words := range map[string]string{
		"postgres://warren:hunter2@" + address + "/sales": "refuses the connection",
		"postgres://warren:hunter2@host.invalid/sales":    "host.invalid",
		"postgres:///sales?host=/nowhere&user=u":          "nothing listens on the socket in /nowhere",
		withParameter(pgtest.URL(t), "sslmode=require"):   "TLS",
	} {
		_, err := postgres.Open(t.Context(), url, postgres.Options{})
		wantError(t, err, crm.CodeWarehouseConn, words)
		if !crm.Retryable(err) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v, retryable %t", err, crm.Retryable(err))
		}
	}
}

func TestAbsentDatabase(t *testing.T) {
	config, err := pgx.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	url := strings.Replace(config.ConnString(), "/"+config.Database, "/nowhere", 1)
	_, err = postgres.Open(t.Context(), url, postgres.Options{})
	wantError(t, err, crm.CodeWarehouseRight, `no database "nowhere"`, `CREATE DATABASE "nowhere";`)
}

// settingsOf reads what a session of the driver is set to.
func settingsOf(t *testing.T, conn ledger.Conn) map[string]string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT name, setting FROM pg_settings")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	settings := map[string]string{}
	for rows.Next() {
		var name, setting string
		if err := rows.Scan(&name, &setting); err != nil {
			t.Fatal(err)
		}
		settings[name] = setting
	}
	return settings
}

func TestSessionSettings(t *testing.T) {
	url := pgtest.URL(t)
	wantSettings := func(got map[string]string, want map[string]string) {
		t.Helper()
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s is %s, want %s", name, got[name], value)
			}
		}
	}
	d := open(t, url, postgres.Options{})
	defer func() { _ = d.Close() }()
	want := map[string]string{"application_name": "warren", "TimeZone": "UTC", "default_toast_compression": "lz4", "default_transaction_read_only": "off"}
	wantSettings(settingsOf(t, d), want)
	wantSettings(settingsOf(t, d), map[string]string{"lock_timeout": "10000"}) // a question outside of transactions does not wait in silence either

	named := open(t, withParameter(url, "application_name=mine"), postgres.Options{ReadOnly: true, MaxConns: 1})
	defer func() { _ = named.Close() }()
	wantSettings(settingsOf(t, named), map[string]string{"application_name": "mine", "TimeZone": "UTC", "default_transaction_read_only": "on"})

	// Behind a pooler they last for a transaction.
	pooled := open(t, withParameter(url, "default_query_exec_mode=exec"), postgres.Options{MaxConns: 2})
	defer func() { _ = pooled.Close() }()
	err := pooled.InTx(t.Context(), func(tx ledger.Conn) error {
		wantSettings(settingsOf(t, tx), want)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := settingsOf(t, pooled)["default_toast_compression"]; got != "pglz" {
		t.Errorf("the setting %s outlasted its transaction", got)
	}
}

// Behind a pooler nothing of a transaction stays on the connection, for the next
// one there may be somebody else's.
func TestPooledTransactionLeavesNothing(t *testing.T) {
	d := newDatabase(t)
	pooled := open(t, withParameter(d.url, "default_query_exec_mode=exec"), postgres.Options{})
	defer func() { _ = pooled.Close() }()
	table := openTable(t, pooled, things())
	wantCounts(t, write(t, pooled, table, []crm.Row{thing(1, "a", 1)}), 1, 0, 0)
	for version := range int64(3) {
		wantCounts(t, write(t, pooled, table, []crm.Row{thing(1, "b", version+2)}), 0, 1, 0)
		d.wantQuery("SELECT count(*) FROM pg_class WHERE relname LIKE 'warren_staging%'", []string{"0"})
	}
	rows, err := pooled.Query(t.Context(), "SELECT count(*) FROM pg_prepared_statements")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var prepared int64
	if !rows.Next() || rows.Scan(&prepared) != nil || prepared != 0 {
		t.Errorf("%d prepared statements stay; %v", prepared, rows.Err())
	}
}

// L6: a driver that was opened to read only writes nothing, whatever it is
// asked for and however it is connected.
func TestL6_ReadOnly(t *testing.T) {
	for _, parameter := range []string{"default_query_exec_mode=cache_statement", "default_query_exec_mode=exec"} {
		t.Run(parameter, func(t *testing.T) {
			d := newDatabase(t, "CREATE TABLE t (id bigint)")
			reader := open(t, withParameter(d.url, parameter), postgres.Options{ReadOnly: true})
			defer func() { _ = reader.Close() }()
			_, err := reader.Exec(t.Context(), "INSERT INTO t VALUES (1)")
			wantError(t, err, crm.CodeReadOnly, "--dry-run")
			rows, err := reader.Query(t.Context(), "INSERT INTO t VALUES (2) RETURNING id")
			if err == nil {
				for rows.Next() {
					t.Error("a row was inserted")
				}
				err = rows.Err()
				rows.Close()
				rows.Close()
			}
			wantError(t, err, crm.CodeReadOnly)
			err = reader.InTx(t.Context(), func(tx ledger.Conn) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO t VALUES (3)")
				return err
			})
			wantError(t, err, crm.CodeReadOnly)
			_, err = reader.Table(t.Context(), things(), true)
			wantError(t, err, crm.CodeReadOnly)
			wantError(t, reader.Migrate(t.Context()), crm.CodeReadOnly)
			if _, err := reader.Table(t.Context(), things(), false); err != nil {
				t.Error(err)
			}
			if got := settingsOf(t, reader)["transaction_read_only"]; got != "on" {
				t.Errorf("transaction_read_only %s", got)
			}
			d.wantQuery("SELECT count(*) FROM t", []string{"0"})
			d.wantQuery("SELECT count(*) FROM pg_class WHERE relname = 'things'", []string{"0"})
		})
	}
}

// Who sets a role or an address to read only means it, and is told so.
func TestADatabaseThatIsSetToReadOnlyIsNotWrittenTo(t *testing.T) {
	for _, parameter := range []string{"default_query_exec_mode=cache_statement", "default_query_exec_mode=exec"} {
		t.Run(parameter, func(t *testing.T) {
			d := newDatabase(t, "CREATE TABLE t (id bigint)")
			set := open(t, withParameter(withParameter(d.url, parameter), "default_transaction_read_only=on"), postgres.Options{})
			defer func() { _ = set.Close() }()
			err := set.InTx(t.Context(), func(tx ledger.Conn) error {
				_, err := tx.Exec(t.Context(), "INSERT INTO t VALUES (1)")
				return err
			})
			wantError(t, err, crm.CodeReadOnly, "default_transaction_read_only")
			_, err = set.Exec(t.Context(), "INSERT INTO t VALUES (2)")
			wantError(t, err, crm.CodeReadOnly, "default_transaction_read_only")
			_, err = set.Table(t.Context(), things(), true)
			wantError(t, err, crm.CodeReadOnly, "default_transaction_read_only")
			d.wantQuery("SELECT count(*) FROM t", []string{"0"})
		})
	}
}

// L4: a connection that the server ends in the middle of a transaction is said
// to be that, nothing of the transaction stays, and the driver goes on.
func TestL4_ConnectionIsKilled(t *testing.T) {
	d := newDatabase(t)
	table := d.open(things())
	err := d.driver.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := table.Write(t.Context(), tx, []crm.Row{thing(1, "a", 1)}); err != nil {
			return err
		}
		d.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'warren' AND state = 'idle in transaction'")
		_, err := table.Write(t.Context(), tx, []crm.Row{thing(2, "b", 1)})
		return err
	})
	wantError(t, err, crm.CodeWarehouseConn)
	if !crm.Retryable(err) {
		t.Errorf("%v is not worth another try", err)
	}
	d.write(table, []crm.Row{thing(1, "a", 1)}, 1, 0, 0)
}

// A role without rights is told which it needs.
func TestMissingRights(t *testing.T) {
	d := newDatabase(t)
	d.open(things())
	role := d.role(t)
	d.exec("GRANT USAGE ON SCHEMA public TO " + role + "; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON things TO " + role +
		"; DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$")
	_, err := postgres.Open(t.Context(), strings.Replace(d.as(t, role), ":x@", ":hunter2@", 1), postgres.Options{})
	wantError(t, err, crm.CodeWarehouseRight, "Check user, password")
	if strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
	weak := open(t, d.as(t, role), postgres.Options{})
	defer func() { _ = weak.Close() }()
	write := func(rows ...crm.Row) error {
		table := openTable(t, weak, things())
		return weak.InTx(t.Context(), func(tx ledger.Conn) error {
			_, err := table.Write(t.Context(), tx, rows)
			return err
		})
	}
	wantError(t, write(thing(1, "a", 1)), crm.CodeWarehouseRight, "GRANT SELECT, INSERT, UPDATE, DELETE", role)
	reader := open(t, d.as(t, role), postgres.Options{ReadOnly: true})
	defer func() { _ = reader.Close() }()
	d.exec("REVOKE SELECT ON things FROM " + role)
	_, err = openTable(t, reader, things()).Empty(t.Context())
	wantError(t, err, crm.CodeWarehouseRight, `GRANT SELECT ON "public"."things" TO "`+role+`";`)
	d.exec("GRANT SELECT, INSERT, UPDATE ON things TO " + role)
	if err := write(thing(1, "a", 1)); err != nil {
		t.Error(err)
	}
	wantError(t, write(thing(1, "b", 2)), crm.CodeWarehouseRight, "GRANT TEMPORARY")
	_, err = weak.Table(t.Context(), things(crm.Field{Column: "more"}), true)
	wantError(t, err, crm.CodeWarehouseRight, "must be owner of table things", `ALTER TABLE public.things OWNER TO "`+role+`";`)
	other := things()
	other.Table = "others"
	_, err = weak.Table(t.Context(), other, true)
	wantError(t, err, crm.CodeWarehouseRight, "SCHEMA")
}

// Where no schema is of use, nothing looks as if it were only empty: whoever opens the
// database is told, and what is typed as it is told mends it.
func TestNoSchemaOfTheSearchPath(t *testing.T) {
	d := newDatabase(t)
	d.exec(`CREATE SCHEMA "CRM"`)
	role := d.role(t)
	for path, c := range map[string]struct {
		code crm.Code
		said string
		fix  string
	}{
		"nowhere":            {crm.CodeWarehouse, `no schema "nowhere"`, `CREATE SCHEMA "nowhere" AUTHORIZATION "` + role + `";`},
		"%22$user%22,absent": {crm.CodeWarehouse, `no schema "absent"`, `CREATE SCHEMA "absent" AUTHORIZATION "` + role + `";`},
		"CRM":                {crm.CodeWarehouse, `no schema "crm" in`, "search_path=%22CRM%22"},
		"%22%22":             {crm.CodeWarehouse, "search_path begins with none", "search_path=public"},
		"pg_catalog,public":  {crm.CodeWarehouse, "search_path begins with none", "search_path=public"},
		"pg_temp":            {crm.CodeWarehouse, "search_path begins with none", "search_path=public"},
		"pg_catalog":         {crm.CodeWarehouse, "search_path begins with none", "search_path=public"},
		"%22CRM%22":          {crm.CodeWarehouseRight, `may not use the schema "CRM"`, `GRANT USAGE, CREATE ON SCHEMA "CRM" TO "` + role + `";`},
	} {
		address := withParameter(d.as(t, role), "search_path="+path)
		_, err := postgres.Open(t.Context(), address, postgres.Options{})
		wantError(t, err, c.code, c.said, c.fix)
		var e *crm.Error
		errors.As(err, &e)
		if !strings.HasSuffix(e.Fix, ";") {
			continue
		}
		d.exec(e.Fix[strings.LastIndex(e.Fix, ": ")+1:])
		mended := open(t, address, postgres.Options{})
		openTable(t, mended, things())
		if err := mended.Close(); err != nil {
			t.Error(err)
		}
	}
	d.exec(`REVOKE ALL ON SCHEMA "CRM" FROM ` + role)
	_, err := postgres.Open(t.Context(), withParameter(d.as(t, role), "search_path=%22CRM%22"), postgres.Options{ReadOnly: true})
	wantError(t, err, crm.CodeWarehouseRight, `GRANT USAGE ON SCHEMA "CRM"`)
}

// A schema that goes while it is used is told as well.
func TestASchemaThatGoes(t *testing.T) {
	d := newDatabase(t)
	d.exec("CREATE SCHEMA brief")
	lost := open(t, withParameter(d.url, "search_path=brief"), postgres.Options{})
	defer func() { _ = lost.Close() }()
	d.exec("DROP SCHEMA brief")
	_, err := lost.Table(t.Context(), things(), true)
	wantError(t, err, crm.CodeWarehouse, `CREATE SCHEMA "brief" AUTHORIZATION`)
}

// Adding a column waits for a lock for a while, not for ever; a name needs to be one.
func TestTableThatCannotBeMade(t *testing.T) {
	d := newDatabase(t)
	long := things(crm.Field{Column: strings.Repeat("x", 64)})
	_, err := d.driver.Table(t.Context(), long, true)
	wantError(t, err, crm.CodeConfig, "63 bytes", "warren.yaml")
	keyless := things()
	keyless.PrimaryKey = nil
	_, err = d.driver.Table(t.Context(), keyless, true)
	wantError(t, err, crm.CodeInternal, "primary key")

	for name, statement := range map[string]string{"a view": "CREATE VIEW things AS SELECT 1", "not a table": "CREATE SEQUENCE things"} {
		d.exec(statement)
		_, err = d.driver.Table(t.Context(), things(), true)
		wantError(t, err, crm.CodeWarehouse, name, "search_path")
		d.exec("DROP " + strings.Fields(statement)[1] + " things")
	}
	d.exec("CREATE EXTENSION IF NOT EXISTS file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE things (id text) SERVER s OPTIONS (filename '/dev/null')")
	_, err = d.driver.Table(t.Context(), things(), true)
	wantError(t, err, crm.CodeWarehouse, "a foreign table")
}

// What Warren makes holds everything, says where it comes from, and grows.
func TestOwnTable(t *testing.T) {
	d := newDatabase(t)
	stream := things(crm.Field{Column: "flag", Type: crm.TypeBoolean, NotNull: true, Default: "true"}, crm.Field{Column: "at", Type: crm.TypeTimestamp, NotNull: true},
		crm.Field{Column: "amount", Type: crm.TypeDecimal}, crm.Field{Column: `odd "name"`, Type: crm.TypeText})
	stream.Indexes = [][]string{{"name"}, {"id"}, {"name", "changed"}}
	table := d.open(stream)
	const shape = `SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'things'::regclass AND attnum > 0 ORDER BY attnum`
	d.wantQuery(shape, []string{"id", "bigint", "t"}, []string{"name", "text", "f"}, []string{"changed", "timestamp with time zone", "f"}, []string{"flag", "boolean", "t"},
		[]string{"at", "timestamp with time zone", "f"}, []string{"amount", "numeric", "f"}, []string{`odd "name"`, "text", "f"}, []string{"data", "jsonb", "t"},
		[]string{"warren_hash", "bytea", "f"}, []string{"synced_at", "timestamp with time zone", "t"}, []string{"created_in_sync", "timestamp with time zone", "t"},
		[]string{"warren_deleted_at", "timestamp with time zone", "f"}, []string{"warren_deleted_run", "bigint", "f"})
	const indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'things' AND indexname <> 'things_pkey' ORDER BY indexdef"
	marked := []string{"CREATE INDEX things_id_idx ON public.things USING btree (id) WHERE ((warren_deleted_run IS NOT NULL) AND (warren_deleted_at IS NOT NULL))"}
	d.wantQuery(indexes, marked, []string{"CREATE INDEX things_name_changed_idx ON public.things USING btree (name, changed)"}, []string{"CREATE INDEX things_name_idx ON public.things USING btree (name)"})
	if table.Shape() != "" {
		t.Errorf("shape %q", table.Shape())
	}
	row := thing(1, "a", 1, crm.Value{}, crm.Value{}, decimal("1.5"), text("odd"))
	row.Raw = nil
	if issues := table.Fit(&row); len(issues) > 0 {
		t.Errorf("issues %v", issues)
	}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	d.wantQuery(`SELECT flag, at, "odd ""name""", data FROM things`, []string{"t", "NULL", "odd", "{}"})
	stream.Indexes = append(stream.Indexes, []string{"amount"})
	d.exec("DROP INDEX things_id_idx") // as in a table that an earlier Warren made
	d.open(stream)
	d.open(stream)
	d.wantQuery(indexes+" OFFSET 1 LIMIT 1", marked)
	d.wantQuery("SELECT count(*) FROM pg_indexes WHERE tablename = 'things'", []string{"5"})
	d.wantQuery(indexes+" LIMIT 1", []string{"CREATE INDEX things_amount_idx ON public.things USING btree (amount)"})
}

// A key that is no field of the record is text.
func TestKeyThatIsNoField(t *testing.T) {
	d := newDatabase(t)
	stream := things()
	stream.PrimaryKey = []string{"fingerprint"}
	table := d.open(stream)
	row := thing(1, "a", 1)
	row.Key = []crm.Value{text("abc")}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	d.wantQuery("SELECT fingerprint, id FROM things", []string{"abc", "1"})
}

// What a database says of how values are shown is for people, and not for Warren.
func TestADatabaseThatShowsValuesOtherwise(t *testing.T) {
	d := newDatabase(t, `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET datestyle = German', current_database());
		EXECUTE format('ALTER DATABASE %I SET bytea_output = escape', current_database());
	END $$`)
	driver := open(t, d.url, postgres.Options{})
	defer func() { _ = driver.Close() }()
	if now, err := driver.Now(t.Context()); err != nil || now.IsZero() {
		t.Errorf("%v, %v", now, err)
	}
	for range 2 {
		rows, err := driver.Query(t.Context(), `SELECT '\x00ff'::bytea, '2026-03-14 15:09:26Z'::timestamptz`)
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		var at time.Time
		for rows.Next() {
			err = rows.Scan(&b, &at)
		}
		rows.Close()
		if err != nil || rows.Err() != nil || string(b) != "\x00\xff" || !at.Equal(time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)) {
			t.Errorf("%q, %v, %v, %v", b, at, err, rows.Err())
		}
	}
}

// A lookup reads the key's index and no row; and a key that is gone with one of the
// columns that its index includes comes back.
func TestTheKeysIndexHasWhatALookupAsksFor(t *testing.T) {
	d := newDatabase(t)
	const key = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND conrelid = 'things'::regclass"
	want := []string{"PRIMARY KEY (id) INCLUDE (warren_hash, warren_deleted_run, changed)"}
	d.open(things())
	d.wantQuery(key, want)
	d.exec("ALTER TABLE things DROP COLUMN warren_hash")
	d.wantQuery(key)
	d.write(d.open(things()), []crm.Row{thing(1, "x", 1)}, 1, 0, 0)
	d.wantQuery(key, want)

	long := things()
	long.Table, long.Cursor = "longs", "name"
	d.open(long)
	d.wantQuery(strings.Replace(key, "'things'", "'longs'", 1), []string{"PRIMARY KEY (id) INCLUDE (warren_hash, warren_deleted_run)"})
}

// What a role lacks is told all at once, and what it is told mends it as it stands.
func TestEveryRightThatIsLacking(t *testing.T) {
	d := newDatabase(t)
	d.open(things())
	d.exec(`CREATE TABLE serial (id bigserial PRIMARY KEY, other bigserial); CREATE TABLE "Theirs" (id bigint); CREATE TABLE whole (id bigint); CREATE TABLE seen (id bigint);
		REVOKE CREATE ON SCHEMA public FROM PUBLIC; DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`)
	role, owner := d.role(t), "owner_of_"+strings.ToLower(t.Name())
	d.exec("CREATE ROLE " + owner + `; ALTER TABLE "Theirs" OWNER TO ` + owner + "; GRANT SELECT, INSERT (id), UPDATE (id) ON whole TO " + role + "; ALTER ROLE " + role + " CONNECTION LIMIT 3")
	t.Cleanup(func() {
		if _, err := d.conn.PgConn().Exec(context.Background(), "DROP OWNED BY "+owner+"; DROP ROLE "+owner).ReadAll(); err != nil {
			t.Error(err)
		}
	})
	weak := open(t, d.as(t, role), postgres.Options{Streams: 2})
	defer func() { _ = weak.Close() }()
	uses := []postgres.Use{{Table: "things"}, {Table: "serial"}, {Table: "whole"}, {Table: "seen", Read: true}, {Table: "Theirs", Delete: true, Alter: true}, {Table: "absent", Delete: true}}
	err := weak.MayUse(t.Context(), uses, true)
	var e *crm.Error
	if !errors.As(err, &e) || e.Code != crm.CodeWarehouseRight {
		t.Fatalf("%v", err)
	}
	var database string
	if err := d.conn.QueryRow(t.Context(), "SELECT current_database()").Scan(&database); err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("NAME", `"`+role+`"`, "DB", database, "OWNER", owner).Replace(`GRANT TEMPORARY ON DATABASE "DB" TO NAME;
GRANT CREATE ON SCHEMA "public" TO NAME;
ALTER ROLE NAME CONNECTION LIMIT 5;
GRANT "OWNER" TO NAME;
GRANT SELECT, INSERT, UPDATE ON public.things, public.serial TO NAME;
GRANT SELECT ON public.seen TO NAME;
GRANT USAGE ON SEQUENCE public.serial_id_seq, public.serial_other_seq TO NAME;`)
	if e.Fix != want {
		t.Errorf("got\n%s\nwant\n%s", e.Fix, want)
	}
	d.exec(e.Fix)
	if err := weak.MayUse(t.Context(), uses, true); err != nil {
		t.Errorf("after that: %v", err)
	}
	d.exec("CREATE TABLE narrow (id bigint, other bigint); GRANT SELECT, INSERT (id), UPDATE ON narrow TO " + role)
	wantError(t, weak.MayUse(t.Context(), []postgres.Use{{Table: "narrow"}}, false), crm.CodeWarehouseRight, `GRANT INSERT ON public.narrow TO "`+role+`";`)
	d.exec("ALTER ROLE " + role + " NOINHERIT")
	err = weak.MayUse(t.Context(), []postgres.Use{{Table: "Theirs", Alter: true}}, false)
	wantError(t, err, crm.CodeWarehouseRight)
	errors.As(err, &e)
	d.exec(e.Fix)
	if err := weak.MayUse(t.Context(), []postgres.Use{{Table: "Theirs", Alter: true}}, false); err != nil {
		t.Errorf("after %s: %v", e.Fix, err)
	}
	wantError(t, weak.MayUse(t.Context(), []postgres.Use{{Table: "things", Delete: true}}, false), crm.CodeWarehouseRight, `GRANT DELETE ON public.things TO "`+role+`";`)
}
