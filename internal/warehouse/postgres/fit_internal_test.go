package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// typed returns a value in the notation type:text, such as integer:7.
func typed(t *testing.T, notation string) crm.Value {
	t.Helper()
	name, text, found := strings.Cut(notation, ":")
	kind, known := crm.ParseType(name)
	if !found || !known {
		t.Fatalf("%q is not type:text", notation)
	}
	v := crm.TextValue([]byte(text))
	var ok bool
	switch kind {
	case crm.TypeText, crm.TypeDecimal, crm.TypeJSON:
		v.Type, ok = kind, true
	case crm.TypeInteger:
		v, ok = toInteger(v)
	case crm.TypeBoolean:
		v, ok = toBoolean(v)
	case crm.TypeTimestamp:
		v, ok = toTimestamp(v)
	case crm.TypeDate:
		v, ok = toDate(v)
	}
	if !ok {
		t.Fatalf("%q cannot be read", notation)
	}
	return v
}

// What a column holds of a value, or by which rule it does not. The server is
// asked too: what we let through must come out of the column unchanged, and
// what the server would cut, round or refuse we must not let through.
func TestFit(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.Exec(t.Context(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		columnType, value string
		want              string // what the column then says, or the rule that is broken
	}{
		{"varchar(3)", "text:abc", "abc"},
		{"varchar(3)", "text:éèê", "éèê"},
		{"varchar(3)", "text:abcd", "!length"},
		{"varchar(3)", "text:abc ", "!length"},
		{"char(3)", "text:ab", "ab"},
		{"char(3)", "text:abcd", "!length"},
		{"varchar", "text:long enough", "long enough"},
		{"varchar(10)", "integer:1234567890", "1234567890"},
		{"varchar(10)", "integer:12345678901", "!length"},
		{"varchar(40)", "timestamp:2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.5Z"},
		{"text", "json:{\"a\": 1}", "{\"a\": 1}"},
		{"text", "date:2026-01-02", "2026-01-02"},
		{"text", "boolean:true", "true"},

		{"smallint", "integer:-32768", "-32768"},
		{"smallint", "integer:32768", "!range"},
		{"integer", "integer:2147483647", "2147483647"},
		{"integer", "integer:-2147483649", "!range"},
		{"integer", "decimal:12.0", "12"},
		{"integer", "decimal:12.5", "!type"},
		{"bigint", "text:77", "77"},
		{"bigint", "text:seventy", "!type"},
		{"bigint", "text:", "NULL"},
		{"bigint", "boolean:true", "1"},
		{"bigint", "date:2026-01-02", "!type"},

		{"numeric(10,8)", "decimal:40.12345678", "40.12345678"},
		{"numeric(10,8)", "decimal:40.1234567800", "40.12345678"},
		{"numeric(10,8)", "decimal:40.123456789", "!range"},
		{"numeric(10,8)", "decimal:140.1", "!range"},
		{"numeric(10,8)", "decimal:-99.99999999", "-99.99999999"},
		{"numeric(12,2)", "integer:9999999999", "9999999999.00"},
		{"numeric(12,2)", "integer:10000000000", "!range"},
		{"numeric(3,-2)", "decimal:12300", "12300"},
		{"numeric(3,-2)", "decimal:12345", "!range"},
		{"numeric(3,-2)", "decimal:1234500", "!range"},
		{"numeric(3,-2)", "decimal:99900", "99900"},
		{"numeric(3,-2)", "decimal:7", "!range"},
		{"numeric(2,4)", "decimal:0.0099", "0.0099"},
		{"numeric(2,4)", "decimal:0.0100", "!range"},
		{"numeric(2,4)", "decimal:1", "!range"},
		{"numeric(2,4)", "decimal:0", "0.0000"},
		{"numeric", "text:1,5", "!type"},
		{"numeric", "text:-1.50", "-1.50"},
		{"numeric", "boolean:false", "0"},
		{"numeric", "json:1", "!type"},

		{"double precision", "decimal:0.1", "0.1"},
		{"double precision", "decimal:12.50", "12.5"},
		{"double precision", "decimal:-0.00001", "-1e-05"},
		{"double precision", "decimal:0.12345678901234567890", "!range"},
		{"double precision", "integer:9007199254740993", "!range"},
		{"real", "decimal:0.1", "0.1"},
		{"real", "decimal:0.123456789", "!range"},

		{"boolean", "boolean:true", "true"},
		{"boolean", "integer:1", "true"},
		{"boolean", "integer:2", "!type"},
		{"boolean", "text:no", "false"},
		{"boolean", "text:perhaps", "!type"},
		{"boolean", "decimal:0", "false"},

		{"timestamptz", "timestamp:2026-01-02T03:04:05.123456Z", "2026-01-02 03:04:05.123456+00"},
		{"timestamptz", "date:2026-01-02", "2026-01-02 00:00:00+00"},
		{"timestamptz", "text:2026-01-02 03:04:05+02:00", "2026-01-02 01:04:05+00"},
		{"timestamptz", "text:soon", "!type"},
		{"timestamptz", "integer:5", "!type"},
		{"timestamp", "timestamp:2026-01-02T03:04:05Z", "2026-01-02 03:04:05"},
		{"timestamptz(3)", "timestamp:2026-01-02T03:04:05.123Z", "2026-01-02 03:04:05.123+00"},
		{"timestamptz(3)", "timestamp:2026-01-02T03:04:05.1234Z", "!range"},
		{"timestamp(0)", "timestamp:2026-01-02T03:04:05.5Z", "!range"},
		{"date", "date:2026-01-02", "2026-01-02"},
		{"date", "timestamp:2026-01-02T00:00:00Z", "2026-01-02"},
		{"date", "timestamp:2026-01-02T00:00:01Z", "!type"},
		{"date", "text:2026-01-02", "2026-01-02"},
		{"date", "text:tomorrow", "!type"},
		{"date", "boolean:true", "!type"},

		{"json", "json:{\"b\":1, \"a\":2}", "{\"b\":1, \"a\":2}"},
		{"jsonb", "text:it's \"so\"", `"it's \"so\""`},
		{"jsonb", "text:{\"a\":1}", `{"a": 1}`},
		{"jsonb", "text:[1", `"[1"`},
		{"jsonb", "text:", `""`},
		{"jsonb", "integer:7", "7"},
		{"jsonb", "boolean:true", "true"},
		{"jsonb", "date:2026-01-02", `"2026-01-02"`},
	} {
		t.Run(c.columnType+" "+c.value, func(t *testing.T) {
			tx, err := conn.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(t.Context()) }()
			if _, err := tx.Exec(t.Context(), "CREATE TABLE fits (v "+c.columnType+")"); err != nil {
				t.Fatal(err)
			}
			rel, err := findRelation(t.Context(), tx, crm.Stream{Table: "fits"})
			if err != nil {
				t.Fatal(err)
			}
			v, bad := rel.columns[0].accommodate(typed(t, c.value))
			if rule, refused := strings.CutPrefix(c.want, "!"); refused {
				if bad == nil || bad.rule != rule || bad.reason == "" || bad.mend == "" {
					t.Fatalf("%s with %+v, want the rule %s", v, bad, rule)
				}
				return
			}
			if bad != nil {
				t.Fatalf("refused: %+v", bad)
			}
			if got := stored(t, tx, rel, v); got != c.want {
				t.Errorf("stored as %q, want %q", got, c.want)
			}
		})
	}
}

// stored writes a value into the table's one column by COPY and reads it back.
func stored(t *testing.T, tx pgx.Tx, rel *relation, v crm.Value) string {
	t.Helper()
	stream := &copyStream{slots: []slot{{column: &rel.columns[0], origin: layout.FromField}}, rows: []crm.Row{{Values: []crm.Value{v}}}, pick: []int{0}}
	if _, err := tx.Conn().PgConn().CopyFrom(t.Context(), stream, "COPY fits FROM STDIN BINARY"); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := tx.QueryRow(t.Context(), "SELECT coalesce(v::text, 'NULL') FROM fits").Scan(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// Numbers without bounds have bounds too, far out.
func TestFitUnboundedNumeric(t *testing.T) {
	c := column{kind: kindNumeric, typeName: "numeric"}
	for digits, fits := range map[int]bool{1: true, numericFraction: true, numericFraction + 1: false} {
		_, bad := c.accommodate(crm.DecimalValue([]byte("0." + strings.Repeat("9", digits))))
		if (bad == nil) != fits {
			t.Errorf("%d digits behind the point: %+v", digits, bad)
		}
	}
	if _, bad := c.accommodate(crm.DecimalValue([]byte(strings.Repeat("9", numericWhole+1)))); bad == nil {
		t.Error("too many digits before the point fit")
	}
	date := column{kind: kindDate, typeName: "date", places: 6}
	if _, bad := date.accommodate(crm.DateValue(1 << 40)); bad == nil || bad.rule != "range" {
		t.Errorf("a day beyond the calendar: %+v", bad)
	}
	if _, ok := convert(crm.DateValue(1<<62), kindTimestampTZ); ok {
		t.Error("a day beyond all instants became one")
	}
}

func TestCutText(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"aé", 2, "a"}, {"é", 1, ""}} {
		if got := cutText(c.text, c.most); got != c.want {
			t.Errorf("%q to %d: %q", c.text, c.most, got)
		}
	}
}

func TestPrefixed(t *testing.T) {
	for expression, want := range map[string]string{
		`"left"(name, 200)`: "name", `"left"("Na""me", 200)`: `Na"me`, `"left"(name, 100)`: "", `lower(name)`: "", `name`: "",
	} {
		if got := prefixed(expression); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
}
