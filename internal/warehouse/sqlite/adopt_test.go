package sqlite_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
	"github.com/warren-sync/warren/internal/warehouse/warehousetest"
)

// estimates is a stream with a field of each type, and one that takes no NULL.
func estimates() crm.Stream {
	return crm.Stream{
		Name: "estimates", Table: "ingestion_test_estimate",
		Fields: []crm.Field{
			{Column: "id", Type: crm.TypeInteger},
			{Column: "zip", Type: crm.TypeText},
			{Column: "price", Type: crm.TypeDecimal},
			{Column: "sold", Type: crm.TypeBoolean, NotNull: true, Default: "false"},
			{Column: "changed", Type: crm.TypeTimestamp},
			{Column: "due", Type: crm.TypeDate},
			{Column: "extra", Type: crm.TypeJSON},
			{Column: "count", Type: crm.TypeInteger},
		},
		PrimaryKey: []string{"id"}, Cursor: "changed", Indexes: [][]string{{"zip"}, {"id"}},
	}
}

func estimate(values ...crm.Value) crm.Row {
	row := crm.Row{ID: values[0].String(), Key: values[:1], Raw: []byte(`{"id":1}`), Values: make([]crm.Value, 8)}
	copy(row.Values, values)
	row.Cursor = row.Values[4]
	for _, v := range values {
		for _, b := range []byte(v.String()) {
			row.Hash[0] = row.Hash[0]*31 + b
		}
	}
	return row
}

func text(s string) crm.Value    { return crm.TextValue([]byte(s)) }
func decimal(s string) crm.Value { return crm.DecimalValue([]byte(s)) }

// djangoTable is the table as Django's SQLite backend makes it.
const djangoTable = `CREATE TABLE "ingestion_test_estimate" (
	"id" bigint NOT NULL PRIMARY KEY,
	"zip" varchar(10) NULL,
	"price" decimal NULL,
	"sold" bool NOT NULL,
	"changed" datetime NULL,
	"due" date NULL,
	"extra" text NULL CHECK ((JSON_VALID("extra") OR "extra" IS NULL)),
	"count" integer NULL,
	"data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)),
	"note" varchar(20) NOT NULL,
	"rank" integer NOT NULL,
	"ratio" real NOT NULL,
	"blob" BLOB NOT NULL,
	"seen" datetime NOT NULL,
	"options" json NOT NULL,
	"doubled" integer GENERATED ALWAYS AS ("rank" * 2) VIRTUAL,
	"sync_created_at" datetime NOT NULL,
	"sync_updated_at" datetime NOT NULL
)`

func TestAdoptDjangosTable(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	stream := estimates()
	for _, statement := range []string{djangoTable,
		`INSERT INTO ingestion_test_estimate (id, zip, sold, changed, due, data, note, rank, ratio, blob, seen, options, sync_created_at, sync_updated_at)
		VALUES (1, '00501', 1, '2026-03-14 15:09:26.500000', '2026-03-14', '{}', 'theirs', 7, 0.5, x'01', '2020-01-01 00:00:00', '{}', '2020-01-01 00:00:00', '2020-01-01 00:00:00')`,
	} {
		if _, err := d.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	table, err := d.Table(t.Context(), stream, true)
	if err != nil {
		t.Fatal(err)
	}
	at := crm.TimestampValue(instant())
	rows := []crm.Row{
		estimate(crm.IntegerValue(1), text("00502"), decimal("12.50"), crm.BooleanValue(false), at, crm.DateValue(20000), crm.JSONValue([]byte(`{"a":"1.10"}`)), crm.IntegerValue(3)),
		estimate(crm.IntegerValue(2), text("00503"), decimal("0.1"), crm.BooleanValue(true), at),
	}
	// Django's row is of half a second later: it stays (L9).
	versions := make([]crm.Version, 2)
	if err := table.Known(t.Context(), rows, versions); err != nil {
		t.Fatal(err)
	}
	if !versions[0].Known || versions[0].Hash != (crm.Hash{}) || versions[0].Cursor.Int != at.Int+500_000 || versions[1].Known {
		t.Errorf("the lookup said %+v", versions)
	}
	wantWritten(t, d, table, rows, crm.Counts{Created: 1, Unchanged: 1})

	rows[0].Cursor = crm.TimestampValue(instant().AddDate(0, 0, 1))
	rows[0].Values[4] = rows[0].Cursor
	for i := range rows {
		if issues := table.Fit(&rows[i]); len(issues) > 0 {
			t.Errorf("row %d: %v", i, issues)
		}
	}
	wantWritten(t, d, table, rows, crm.Counts{Updated: 1, Unchanged: 1})
	got, err := warehousetest.Dump(t.Context(), d, stream, "id", "zip", "price", "sold", "changed", "due", "extra", "count", "note")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"1", "00502", "12.5", "false", "2026-03-15T15:09:26Z", "2024-10-04", `{"a":"1.10"}`, "3", "theirs"},
		{"2", "00503", "0.1", "true", "2026-03-14T15:09:26Z", "NULL", "NULL", "NULL", ""},
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("row %d is %v, want %v", i, got[i], want[i])
		}
	}
	// What the table demands is filled, what Django keeps of a row is kept, and
	// no bookkeeping is added beside Django's.
	wantCount(t, d, 1, "ingestion_test_estimate WHERE id = 2 AND rank = 0 AND ratio = 0 AND length(blob) = 0 AND options = '{}' AND doubled = 0")
	wantCount(t, d, 1, "ingestion_test_estimate WHERE id = 2 AND seen > '2020-01-02' AND sync_created_at = seen AND sync_updated_at = seen")
	wantCount(t, d, 1, "ingestion_test_estimate WHERE id = 1 AND rank = 7 AND sync_created_at < '2020-01-02' AND sync_updated_at > '2020-01-02'")
	wantCount(t, d, 0, "pragma_table_info('ingestion_test_estimate') WHERE name IN ('synced_at', 'created_in_sync')")
	wantCount(t, d, 1, "pragma_table_info('ingestion_test_estimate') WHERE name = 'warren_hash'")
	// The indexes on zip and of marked rows were missing, that on the key was not.
	wantCount(t, d, 3, "pragma_index_list('ingestion_test_estimate')")
}

func TestFitSaysWhatAColumnWouldChange(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	if _, err := d.Exec(t.Context(), `CREATE TABLE ingestion_test_estimate (
		id INTEGER PRIMARY KEY, zip numeric, price decimal NOT NULL, sold bool, changed datetime, due date, extra json, count REAL NOT NULL, data text)`); err != nil {
		t.Fatal(err)
	}
	table, err := d.Table(t.Context(), estimates(), true)
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Shape(); got != "zip numeric, price decimal not null, changed datetime, due date, extra json, count real not null" {
		t.Errorf("shape %q", got)
	}
	long := strings.Repeat("é", 600)
	row := estimate(crm.IntegerValue(1), text("00123"), decimal("1234567890.1234567890"), crm.BooleanValue(true),
		crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 1 << 60}, crm.DateValue(-800_000), crm.JSONValue([]byte(`1.10`)), crm.IntegerValue(1<<53+1))
	fits := estimate(crm.IntegerValue(2), text(long), decimal("12.5"), crm.BooleanValue(true),
		crm.TimestampValue(instant()), crm.DateValue(0), crm.JSONValue([]byte(`{"a":1.10}`)), crm.IntegerValue(1<<53))
	empty := estimate(crm.IntegerValue(3), crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.Value{}, crm.IntegerValue(1))

	type found struct{ id, column, value, rule string }
	var got []found
	for _, r := range []*crm.Row{&row, &fits, &empty} {
		for _, issue := range table.Fit(r) {
			if issue.Field != issue.Column || issue.Effect != crm.EffectNulled || issue.Message == "" {
				t.Errorf("issue %+v", issue)
			}
			got = append(got, found{issue.RecordID, issue.Column, issue.Value, issue.Rule})
		}
	}
	want := []found{
		{"1", "zip", "00123", "type"}, {"1", "price", "1234567890.1234567890", "type"},
		{"1", "changed", "38505-06-23T00:16:46.846976Z", "range"}, {"1", "due", "-0221-08-30", "range"},
		{"1", "extra", "1.10", "type"}, {"1", "count", "9007199254740993", "type"}, {"3", "price", "", "null"},
	}
	if !slices.EqualFunc(got, want, func(a, b found) bool {
		return a.id == b.id && a.column == b.column && a.rule == b.rule && (a.rule == "range" || a.value == b.value)
	}) {
		t.Errorf("found %+v, want %+v", got, want)
	}
	wantWritten(t, d, table, []crm.Row{row, fits, empty}, crm.Counts{Created: 3})
	wantCount(t, d, 1, "ingestion_test_estimate WHERE id = 1 AND zip IS NULL AND price = 0 AND changed IS NULL AND due IS NULL AND extra IS NULL AND count = 0")
	wantCount(t, d, 1, "ingestion_test_estimate WHERE id = 2 AND length(zip) = 600 AND price = 12.5 AND count = 9007199254740992")
}

// A value that no issue can hold is cut between two characters.
func TestFitCutsTheValueOfAnIssue(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	if _, err := d.Exec(t.Context(), `CREATE TABLE ingestion_test_estimate (id INTEGER PRIMARY KEY, zip INTEGER) STRICT`); err != nil {
		t.Fatal(err)
	}
	table, err := d.Table(t.Context(), estimates(), true)
	if err != nil {
		t.Fatal(err)
	}
	row := estimate(crm.IntegerValue(1), text("x"+strings.Repeat("é", 600)))
	issues := table.Fit(&row)
	if len(issues) != 1 || issues[0].Value != "x"+strings.Repeat("é", 511) {
		t.Errorf("issues %+v", issues)
	}
}

func TestOwnTableStandsInWhatTheStreamSays(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	stream := crm.Stream{Name: "defaults", Table: "ingestion_test_default", PrimaryKey: []string{"ID"}, Fields: []crm.Field{
		{Column: "text", Type: crm.TypeText, NotNull: true},
		{Column: "quoted", Type: crm.TypeText, NotNull: true, Default: "it's"},
		{Column: "number", Type: crm.TypeInteger, NotNull: true, Default: "-7"},
		{Column: "price", Type: crm.TypeDecimal, NotNull: true, Default: "0.50"},
		{Column: "yes", Type: crm.TypeBoolean, NotNull: true, Default: "true"},
		{Column: "at", Type: crm.TypeTimestamp, NotNull: true, Default: "2020-01-01T00:00:00Z"},
		{Column: "on", Type: crm.TypeDate, NotNull: true, Default: "2020-01-01"},
		{Column: "json", Type: crm.TypeJSON, NotNull: true, Default: "[]"},
		{Column: "no default", Type: crm.TypeInteger, NotNull: true},
		{Column: "bad default", Type: crm.TypeInteger, NotNull: true, Default: "seven"},
	}}
	table, err := d.Table(t.Context(), stream, true)
	if err != nil {
		t.Fatal(err)
	}
	row := crm.Row{ID: "a", Key: []crm.Value{text("a")}, Raw: []byte("{}"), Hash: crm.Hash{1}, Values: make([]crm.Value, len(stream.Fields))}
	if issues := table.Fit(&row); len(issues) > 0 || table.Shape() != "" {
		t.Errorf("shape %q, issues %v", table.Shape(), issues)
	}
	wantWritten(t, d, table, []crm.Row{row}, crm.Counts{Created: 1})
	if _, err := d.Exec(t.Context(), `INSERT INTO ingestion_test_default ("ID", data, synced_at, created_in_sync) VALUES ('b', '{}', '', '')`); err != nil {
		t.Fatal(err)
	}
	wantCount(t, d, 2, `ingestion_test_default WHERE text = '' AND quoted = 'it''s' AND number = -7 AND price = 0.5 AND yes = 1
		AND at = '2020-01-01T00:00:00.000000Z' AND "on" = '2020-01-01' AND json = '[]' AND "no default" IS NULL AND "bad default" IS NULL`)
}

func TestTableThatCannotNameARecord(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	if _, err := d.Exec(t.Context(), "CREATE TABLE ingestion_test_estimate (zip TEXT, id INTEGER AS (1))"); err != nil {
		t.Fatal(err)
	}
	for _, create := range []bool{false, true} {
		if _, err := d.Table(t.Context(), estimates(), create); crm.CodeOf(err) != crm.CodeWarehouse || !strings.Contains(err.Error(), `no column "id"`) {
			t.Errorf("create %t: %v", create, err)
		}
	}
}

func TestNamesThatSQLiteDoesNotTake(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	for name, change := range map[string]func(*crm.Stream){
		"no table":       func(s *crm.Stream) { s.Table = "" },
		"reserved":       func(s *crm.Stream) { s.Table = "SQLite_table" },
		"zero byte":      func(s *crm.Stream) { s.Fields[1].Column = "a\x00b" },
		"no primary key": func(s *crm.Stream) { s.PrimaryKey = nil },
	} {
		stream := estimates()
		change(&stream)
		_, err := d.Table(t.Context(), stream, true)
		if code := crm.CodeOf(err); err == nil || code != crm.CodeConfig && code != crm.CodeInternal || crm.CodeOf(err) == crm.CodeInternal != (name == "no primary key") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A trigger that drops a row without a word does not make it a row written.
func TestL3_RowThatATriggerDrops(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "warren.db"), sqlite.Options{})
	write(t, d, lead(1, "Ann", instant()))
	for _, event := range []string{"INSERT", "UPDATE"} {
		if _, err := d.Exec(t.Context(), "CREATE TRIGGER drop_"+event+" BEFORE "+event+" ON ingestion_test_lead WHEN NEW.name = 'dropped' BEGIN SELECT RAISE(IGNORE); END"); err != nil {
			t.Fatal(err)
		}
	}
	table, err := d.Table(t.Context(), leads(), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{1, 2} {
		err := d.InTx(t.Context(), func(tx ledger.Conn) error {
			_, err := table.Write(t.Context(), tx, []crm.Row{lead(id, "dropped", instant())})
			return err
		})
		if crm.CodeOf(err) != crm.CodeRefusedValue {
			t.Errorf("row %d: %v", id, err)
		}
	}
}

func TestWriteInTheTransactionOfAnother(t *testing.T) {
	directory := t.TempDir()
	a, b := open(t, filepath.Join(directory, "a.db"), sqlite.Options{}), open(t, filepath.Join(directory, "b.db"), sqlite.Options{})
	ours, err := a.Table(t.Context(), leads(), true)
	if err != nil {
		t.Fatal(err)
	}
	absent, err := b.Table(t.Context(), leads(), false)
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range map[string]warehouse.Table{"another driver's": ours, "absent": absent} {
		err := b.InTx(t.Context(), func(tx ledger.Conn) error {
			_, err := table.Write(t.Context(), tx, []crm.Row{lead(1, "Ann", instant())})
			return err
		})
		if crm.CodeOf(err) != crm.CodeInternal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// wantWritten writes rows in one transaction and compares what was counted.
func wantWritten(t *testing.T, d *sqlite.Driver, table warehouse.Table, rows []crm.Row, want crm.Counts) {
	t.Helper()
	err := d.InTx(t.Context(), func(tx ledger.Conn) error {
		got, err := table.Write(t.Context(), tx, rows)
		if got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantCount counts the rows of a table that meet a condition.
func wantCount(t *testing.T, d *sqlite.Driver, want int64, from string) {
	t.Helper()
	rows, err := d.Query(t.Context(), "SELECT count(*) FROM "+from)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got int64
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	if err := rows.Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d rows of %s, want %d", got, from, want)
	}
}
