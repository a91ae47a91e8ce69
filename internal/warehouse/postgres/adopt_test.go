package postgres_test

import (
	"math"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// adopted returns a lead with one value of each type and a state.
func adopted(id int64, state, name string) crm.Row {
	row := leadRow(id, 1)
	s := leadStream()
	row.Values[s.FieldIndex("state")] = text(state)
	row.Values[s.FieldIndex("first_name")] = text(name)
	row.Values[s.FieldIndex("latitude")] = decimal("40.12345678")
	return row
}

// Tables of each generation of the old system are worked on as they are: rows
// and types stay, what is missing is added, every NOT NULL is filled.
func TestAdoptionOfEachGeneration(t *testing.T) {
	for _, g := range []struct {
		file, table, written, created string
		others                        string // columns that are not Warren's, of row 3
		want                          []string
	}{
		{"django_1.sql", "ingestion_salesrabbit_lead", "synced_at", "created_in_sync", "NULL", []string{"NULL"}},
		{"django_2.sql", "ingestion_salesrabbit_lead", "updated_at", "created_at", "attempts, '<' || origin || '>'", []string{"0", "<>"}},
		{"django_3.sql", "ingestion.salesrabbit_lead", "sync_updated_at", "sync_created_at", "NULL", []string{"NULL"}},
	} {
		t.Run(g.file, func(t *testing.T) {
			d := newDatabase(t, readFile(t, "testdata/"+g.file))
			const shape = `SELECT string_agg(column_name || ' ' || udt_name || coalesce('(' || character_maximum_length || ')', '') || ' ' || is_nullable, ', ' ORDER BY ordinal_position)
				FROM information_schema.columns WHERE table_name IN ('ingestion_salesrabbit_lead', 'salesrabbit_lead')`
			var before, after string
			if err := d.conn.QueryRow(t.Context(), shape).Scan(&before); err != nil {
				t.Fatal(err)
			}
			table := d.open(leadStream())
			if err := d.conn.QueryRow(t.Context(), shape).Scan(&after); err != nil {
				t.Fatal(err)
			}
			added, kept := strings.CutPrefix(after, before+", ")
			if !kept {
				t.Fatalf("columns were\n%s\nand are\n%s", before, after)
			}
			for _, column := range strings.Split(added, ", ") {
				if !strings.HasSuffix(column, " YES") {
					t.Errorf("the added column %s takes no NULL", column)
				}
			}

			rows := []crm.Row{adopted(1, "Utah", "Anna"), adopted(3, "WY", "Cid")}
			for i := range rows {
				if issues := table.Fit(&rows[i]); len(issues) > 0 {
					t.Errorf("row %d: %v", i, issues)
				}
			}
			d.write(table, rows, 1, 1, 0)
			d.write(table, rows, 0, 0, 2)
			d.wantQuery("SELECT id, first_name, state, latitude, "+g.created+" > '2025-01-01', "+g.written+" > '2025-01-01', data->>'city' IS NOT NULL, warren_hash IS NOT NULL FROM "+g.table+" ORDER BY id",
				[]string{"1", "Anna", "Utah", "40.12345678", "f", "t", "t", "t"},
				[]string{"2", "Bob", "NV", "NULL", "f", "f", "f", "f"},
				[]string{"3", "Cid", "WY", "40.12345678", "t", "t", "t", "t"})
			d.wantQuery("SELECT "+g.others+" FROM "+g.table+" WHERE id = 3", g.want)
			d.wantQuery("SELECT count(*) FROM pg_index WHERE indrelid = to_regclass('"+g.table+"')", []string{"8"})
			d.wantQuery("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname LIKE '%salesrabbit%'", []string{"1"})
			d.wantQuery("SELECT obj_description(to_regclass('"+g.table+"'), 'pg_class')", []string{"NULL"})
		})
	}
}

// A second look at an adopted table finds nothing to do and asks for no lock:
// it works while somebody reads the table in a long transaction.
func TestAdoptionIsDoneOnce(t *testing.T) {
	d := newDatabase(t, readFile(t, "testdata/django_1.sql"))
	d.open(leadStream())
	d.exec("BEGIN; SELECT count(*) FROM ingestion_salesrabbit_lead")
	d.open(leadStream())
	d.exec("ROLLBACK")
}

// L5: what a column of Django's cannot hold becomes NULL with an issue that
// names the limit and what mends it, and the record is written.
func TestL5_AdoptedColumnTooSmall(t *testing.T) {
	d := newDatabase(t, readFile(t, "testdata/django_1.sql"))
	table := d.open(leadStream())
	if shape := table.Shape(); !strings.Contains(shape, "state character varying(50)") || strings.Contains(shape, "notes") {
		t.Errorf("shape %q", shape)
	}
	row := adopted(3, strings.Repeat("é", 51), "Cid")
	s := leadStream()
	row.Values[s.FieldIndex("latitude")] = decimal("100.5")
	row.Values[s.FieldIndex("longitude")] = decimal("-111.123456789")
	row.Values[s.FieldIndex("city")] = text(strings.Repeat("é", 100))
	issues := table.Fit(&row)
	got := map[string]crm.Issue{}
	for _, i := range issues {
		got[i.Column] = i
	}
	for column, want := range map[string]struct{ rule, words string }{
		"state":     {"length", `takes 50 characters, the value has 51; stored as NULL; ALTER TABLE "public"."ingestion_salesrabbit_lead" ALTER COLUMN "state" TYPE text mends it`},
		"latitude":  {"range", "numeric(10,8) takes 2 digits before the point, the value has 3"},
		"longitude": {"range", "numeric(11,8) takes 8 digits behind the point, the value has 9"},
	} {
		i := got[column]
		if i.Rule != want.rule || !strings.Contains(i.Message, want.words) || i.Effect != crm.EffectNulled || i.RecordID != "3" || i.Field != column || i.Value == "" {
			t.Errorf("%s: %+v", column, i)
		}
	}
	if len(issues) != 3 {
		t.Errorf("%d issues: %v", len(issues), issues)
	}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	d.wantQuery("SELECT state, latitude, longitude, char_length(city) FROM ingestion_salesrabbit_lead WHERE id = 3", []string{"NULL", "NULL", "NULL", "100"})
}

// Columns of other types than Warren's are written in their own.
func TestAdoptedColumnsOfOtherTypes(t *testing.T) {
	d := newDatabase(t, `CREATE DOMAIN short AS varchar(5);
		CREATE TYPE mood AS ENUM ('sad', 'glad');
		CREATE TABLE things (
			id integer PRIMARY KEY, name char(6), changed timestamp,
			n2 smallint, f8 double precision, f4 real, n numeric, ji json, jt text, day text, at date, truth text, flag integer, u uuid, m mood, s short, list text[], b bytea)`)
	field := func(column string, t crm.Type) crm.Field { return crm.Field{Column: column, Type: t} }
	stream := things(field("n2", crm.TypeInteger), field("f8", crm.TypeDecimal), field("f4", crm.TypeDecimal), field("n", crm.TypeInteger),
		field("ji", crm.TypeJSON), field("jt", crm.TypeJSON), field("day", crm.TypeDate), field("at", crm.TypeTimestamp), field("truth", crm.TypeBoolean),
		field("flag", crm.TypeBoolean), field("u", crm.TypeText), field("m", crm.TypeText), field("s", crm.TypeText), field("list", crm.TypeText), field("b", crm.TypeText))
	table := d.open(stream)
	row := func(name string, version int64) crm.Row {
		return thing(1, name, version, crm.IntegerValue(-7), decimal("0.1"), decimal("1.5"), crm.IntegerValue(42),
			crm.JSONValue([]byte(`{"b":1, "a":2}`)), crm.JSONValue([]byte(`[1]`)), crm.DateValue(1), crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: 86_400_000_000},
			crm.BooleanValue(true), crm.BooleanValue(true), text("00000000-0000-0000-0000-0000000000ff"), text("glad"), text("ab"), text("{x,y}"), text("raw"))
	}
	for version, name := range []string{"Ann", "Anna"} {
		r := row(name, int64(version))
		if issues := table.Fit(&r); len(issues) > 0 {
			t.Fatal(issues)
		}
		d.write(table, []crm.Row{r}, int64(1-version), int64(version), 0)
		d.wantQuery("SELECT trim(name), n2, f8, f4, n, ji, jt, day, at, truth, flag, u, m, s, list, b FROM things",
			[]string{name, "-7", "0.1", "1.5", "42", `{"b":1, "a":2}`, "[1]", "1970-01-02", "1970-01-02", "true", "1", "00000000-0000-0000-0000-0000000000ff", "glad", "ab", "{x,y}", `\x726177`})
	}
	// The cursor is read back from a timestamp without zone.
	versions := make([]crm.Version, 1)
	if err := table.Known(t.Context(), []crm.Row{row("Anna", 1)}, versions); err != nil || versions[0].Cursor.Int != 1_000_000 {
		t.Errorf("known %+v, %v", versions, err)
	}
	// A cast that the server refuses is a refused record.
	bad := row("Bad", 9)
	bad.Values[stream.FieldIndex("m")] = text("furious")
	d.refuses(table, []crm.Row{bad}, crm.CodeRefusedValue, "mood")
	// So is a key beyond its column.
	far := thing(1<<40, "far", 1)
	far.Values = append(far.Values, make([]crm.Value, 15)...)
	d.refuses(table, []crm.Row{far}, crm.CodeRefusedValue, `"id"`, "integer")
}

// A NOT NULL column gets what the stream declares, else its type's zero; the
// zero of a field of the record is said in an issue, for it is no value of the
// source's.
func TestNotNullColumnsAreFilled(t *testing.T) {
	d := newDatabase(t, `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN yesno AS boolean; CREATE DOMAIN word AS text; CREATE DOMAIN many AS bigint;
		CREATE TABLE things (id bigint PRIMARY KEY, at timestamptz NOT NULL, o_yesno yesno NOT NULL, o_word word NOT NULL, o_many many NOT NULL, name varchar(9) NOT NULL, changed timestamptz NOT NULL, flag boolean NOT NULL, tags jsonb NOT NULL,
			o_int integer NOT NULL, o_num numeric(5,2) NOT NULL, o_bool boolean NOT NULL, o_text varchar(3) NOT NULL, o_time timestamptz NOT NULL, o_day date NOT NULL,
			o_json jsonb NOT NULL, o_list integer[] NOT NULL, o_mood mood NOT NULL, o_uuid uuid NOT NULL, o_clock time NOT NULL, o_span interval NOT NULL,
			o_money money NOT NULL, o_inet inet NOT NULL, o_serial bigserial, o_default text NOT NULL DEFAULT 'd', o_identity bigint GENERATED ALWAYS AS IDENTITY,
			o_sum bigint GENERATED ALWAYS AS (id * 2) STORED)`)
	stream := things(crm.Field{Column: "flag", Type: crm.TypeBoolean, NotNull: true, Default: "true"}, crm.Field{Column: "tags", Type: crm.TypeJSON}, crm.Field{Column: "at", Type: crm.TypeTimestamp})
	table := d.open(stream)
	if want := "name character varying(9) not null, changed not null, tags not null, at not null"; table.Shape() != want {
		t.Errorf("shape %q", table.Shape())
	}
	row := thing(5, "", 1, crm.Value{}, crm.Value{}, crm.Value{})
	row.Values[1], row.Values[2] = crm.Value{}, crm.Value{}
	issues := table.Fit(&row)
	if len(issues) != 4 {
		t.Fatalf("issues %+v", issues)
	}
	if !strings.Contains(issues[3].Message, "the time of the sync") || !strings.Contains(issues[1].Message, "'1970-01-01T00:00:00Z'") {
		t.Errorf("issues %+v", issues)
	}
	for i, column := range []string{"name", "changed", "tags", "at"} {
		if issues[i].Column != column || issues[i].Rule != "null" || !strings.Contains(issues[i].Message, "DROP NOT NULL mends it") {
			t.Errorf("issue %+v", issues[i])
		}
	}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	d.wantQuery(`SELECT '<' || name || '>', changed, flag, tags, o_int, o_num, o_bool, '<' || o_text || '>', o_time > now() - interval '1 hour', o_day >= current_date - 1,
		o_json, o_list, o_mood, o_uuid, o_clock, o_span, o_money::numeric, o_inet, o_serial, o_default, o_identity, o_sum, at > now() - interval '1 hour', o_yesno, '<' || o_word || '>', o_many FROM things`,
		[]string{"<>", "1970-01-01 00:00:00+00", "t", "{}", "0", "0.00", "f", "<>", "t", "t", "{}", "{}", "sad", "00000000-0000-0000-0000-000000000000", "00:00:00", "00:00:00", "0.00", "0.0.0.0", "1", "d", "1", "10", "t", "f", "<>", "0"})
	// An update leaves what is not Warren's as it is.
	d.exec("UPDATE things SET o_int = 9, o_text = 'abc'")
	d.write(table, []crm.Row{thing(5, "new", 2, crm.BooleanValue(false), crm.JSONValue([]byte("[]")), crm.Value{Valid: true, Type: crm.TypeTimestamp})}, 0, 1, 0)
	d.wantQuery("SELECT name, flag, o_int, o_text FROM things", []string{"new", "f", "9", "abc"})
}

func TestNotNullColumnWithoutStandIn(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, spot point NOT NULL)")
	_, err := d.driver.Table(t.Context(), things(), true)
	wantError(t, err, crm.CodeWarehouse, `"spot"`, "SET DEFAULT")
}

func TestAdoptedTableWithoutKeyColumn(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (name text)")
	_, err := d.driver.Table(t.Context(), things(), true)
	wantError(t, err, crm.CodeWarehouse, `no column "id"`)
	d.wantQuery("SELECT count(*) FROM information_schema.columns WHERE table_name = 'things'", []string{"1"})
}

// A table whose key has no unique index is written all the same.
func TestAdoptedTableWithoutKeyIndex(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (id bigint, name text)")
	stream := things()
	stream.Indexes = [][]string{{"name"}}
	table := d.open(stream)
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "B", 2), thing(3, "c", 1)}, 1, 1, 1)
	d.wantQuery("SELECT id, name FROM things ORDER BY id", []string{"1", "a"}, []string{"2", "B"}, []string{"3", "c"})
	// Nor is an index made: that would lock a table that is not Warren's.
	d.wantQuery("SELECT count(*) FROM pg_indexes WHERE tablename = 'things'", []string{"0"})
}

// A partitioned table of somebody's is a table too, down to the race for a key.
func TestAdoptedPartitionedTable(t *testing.T) {
	d := newDatabase(t, `CREATE TABLE things (id bigint PRIMARY KEY, name text) PARTITION BY HASH (id);
		CREATE TABLE things_0 PARTITION OF things FOR VALUES WITH (MODULUS 2, REMAINDER 0);
		CREATE TABLE things_1 PARTITION OF things FOR VALUES WITH (MODULUS 2, REMAINDER 1)`)
	table := d.open(things())
	d.write(table, []crm.Row{thing(1, "a", 1), thing(2, "b", 1)}, 2, 0, 0)
	d.write(table, []crm.Row{thing(1, "A", 2), thing(2, "b", 1), thing(3, "c", 1)}, 1, 1, 1)
	wantCounts(t, raceForKey(d, table, 7), 1, 1, 0)
}

// L9 holds where the cursor's column is of another type, as long as it can be
// read; where it cannot, the record read last wins.
func TestL9_AdoptedCursor(t *testing.T) {
	second := func(n int64) crm.Value { return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: n * 1_000_000} }
	day, number := crm.DateValue, crm.IntegerValue
	for _, c := range []struct {
		columnType string
		fieldType  crm.Type
		cursor     func(int64) crm.Value
		holds      bool
	}{
		{"text", crm.TypeTimestamp, second, true},
		{"timestamp", crm.TypeTimestamp, second, true},
		{"timestamptz", crm.TypeDate, day, true},
		{"date", crm.TypeDate, day, true},
		{"text", crm.TypeInteger, number, true},
		{"integer", crm.TypeInteger, number, true},
		{"numeric", crm.TypeInteger, number, true}, // the server compares
		{"jsonb", crm.TypeTimestamp, second, false},
		{"text", crm.TypeBoolean, func(n int64) crm.Value { return crm.BooleanValue(n > 3) }, false},
	} {
		t.Run(c.columnType+" "+c.fieldType.String(), func(t *testing.T) {
			d := newDatabase(t, "CREATE TABLE things (id bigint PRIMARY KEY, name text, changed "+c.columnType+")")
			stream := things()
			stream.Fields[2].Type = c.fieldType
			table := d.open(stream)
			version := func(n int64) []crm.Row {
				row := thing(1, "v", n)
				row.Values[2], row.Cursor = c.cursor(n), c.cursor(n)
				return []crm.Row{row}
			}
			older := int64(0)
			if !c.holds {
				older = 1
			}
			d.write(table, version(5), 1, 0, 0)
			d.write(table, version(3), 0, older, 1-older)
			d.write(table, version(7), 0, 1, 0)
		})
	}
}

// A key of megabytes is looked up like any other.
func TestKnownOfHugeKeys(t *testing.T) {
	d := newDatabase(t, "CREATE TABLE things (name text PRIMARY KEY)")
	stream := things()
	stream.PrimaryKey = []string{"name"}
	table := d.open(stream)
	row := thing(1, "x", 1)
	row.Key = []crm.Value{row.Values[1]}
	d.write(table, []crm.Row{row}, 1, 0, 0)
	huge := row
	huge.Key = []crm.Value{text(strings.Repeat("é", 1<<20))}
	for range 2 {
		versions := []crm.Version{{Known: true}, {}}
		if err := table.Known(t.Context(), []crm.Row{huge, row}, versions); err != nil || versions[0].Known || !versions[1].Known {
			t.Errorf("%+v, %v", versions, err)
		}
	}
}

// Of an adopted table the key may be a smaller number than Warren's own is.
func TestKnownOfCloseKeysInSmallerColumns(t *testing.T) {
	for _, kind := range []string{"smallint", "integer", "bigint", "numeric", "text"} {
		t.Run(kind, func(t *testing.T) {
			d := newDatabase(t, "CREATE TABLE things (id "+kind+" PRIMARY KEY, name text)")
			table := d.open(things())
			var rows []crm.Row
			for id := range int64(50) {
				rows = append(rows, thing(math.MaxInt16-25+id, "x", 1))
			}
			d.write(table, rows[:20], 20, 0, 0)
			versions := make([]crm.Version, len(rows))
			if err := table.Known(t.Context(), rows, versions); err != nil {
				t.Fatal(err)
			}
			for i, v := range versions {
				if v.Known != (i < 20) {
					t.Errorf("%s: known is %t", rows[i].ID, v.Known)
				}
			}
		})
	}
}
