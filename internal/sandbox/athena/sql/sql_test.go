package sql_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/athena/table/tabletest"
)

// nulls is NULL, and a text that looks like it.
func nulls() *table.Table {
	return &table.Table{Name: "nulls", Columns: []table.Column{{Name: "text", Type: "string"}}, Rows: func(yield func([]table.Value) bool) {
		_ = yield([]table.Value{{}}) && yield([]table.Value{table.Text("null")})
	}}
}

// plan makes a query ready to run over the tables of the tests.
func plan(query string) (*sql.Plan, error) {
	st, err := sql.Parse(query)
	if err != nil {
		return nil, err
	}
	catalog := table.Catalog{"demo": {"deals": tabletest.Deals(), "numbers": tabletest.Numbers(5000), "nulls": nulls()}}
	return sql.NewPlan(st, catalog, "demo")
}

// run returns the rows of a query, with blanks between them, every value in
// quotes and NULL as nothing, and the bytes that were read.
func run(t *testing.T, query string) (rows string, scanned int64, err error) {
	t.Helper()
	p, err := plan(query)
	if err != nil {
		return "", 0, err
	}
	var bytes atomic.Int64
	var out []string
	err = p.Run(t.Context(), &bytes, func(row []table.Value) error {
		cells := make([]string, 0, len(row))
		for i, v := range row {
			cell := ""
			if !v.IsNull() {
				cell = `"` + string(v.AppendText(nil, p.Columns[i].Type)) + `"`
			}
			cells = append(cells, cell)
		}
		out = append(out, strings.Join(cells, ","))
		return nil
	})
	return strings.Join(out, " "), bytes.Load(), err
}

func TestSelectGoldenCases(t *testing.T) {
	for _, tc := range []struct{ query, rows string }{
		{`SELECT 1`, `"1"`},
		{`select 'it''s' AS "A b", NULL, TRUE, -5, 2.50, 1e3;`, `"it's",,"true","-5","2.50","1000.0"`},
		{`SELECT id FROM deals -- the end`, `"a1" "b2" "c3" "d4"`},
		{`SELECT ID FROM "DEMO"."Deals" /* all */ LIMIT 2`, `"a1" "b2"`},
		{`SELECT id FROM "AwsDataCatalog"."demo"."deals" LIMIT 1`, `"a1"`},
		{`SELECT id FROM deals LIMIT 0`, ``},
		{`SELECT id FROM deals WHERE note = ''`, `"c3"`},
		{`SELECT id FROM deals WHERE note IS NULL`, `"d4"`},
		{`SELECT id FROM deals WHERE (n < 0 OR note IS NULL) AND id <> 'd4'`, `"b2"`},
		{`SELECT id FROM deals WHERE (n >= 7 AND n < 8 OR note IS NULL)`, `"a1" "d4"`},
		{`SELECT id FROM deals WHERE note IS NOT NULL AND note <> ''`, `"a1" "b2"`},
		{`SELECT id FROM deals WHERE NOT note = ''`, `"a1" "b2"`},
		{`SELECT id FROM deals WHERE updated_at >= TIMESTAMP '2026-03-01 12:00:00.002'`, `"b2" "c3"`},
		{`SELECT id FROM deals WHERE updated_at > TIMESTAMP '2026-03-01 12:00:00' AND updated_at < TIMESTAMP '2026-03-01 12:00:00.002'`, `"a1"`},
		{`SELECT id FROM deals WHERE TIMESTAMP '2026-03-01 12:00:00.002' <= updated_at`, `"b2" "c3"`},
		{`SELECT id FROM deals WHERE updated_at >= DATE '2026-03-02' OR day <= DATE '2026-02-28'`, `"b2"`},
		{`SELECT id FROM deals WHERE updated_at > from_iso8601_timestamp('2026-03-01T13:00:00.001+01:00')`, `"b2" "c3"`},
		{`SELECT id FROM deals WHERE amount > 100`, `"a1"`},
		{`SELECT id FROM deals WHERE amount >= 99.999 AND score != 12500`, `"d4"`},
		{`SELECT id FROM deals WHERE score < -0.5 OR n < 0`, `"b2"`},
		{`SELECT id FROM deals WHERE n IN (1, 7, NULL)`, `"a1" "d4"`},
		{`SELECT id FROM deals WHERE n NOT IN (1, 7)`, `"b2"`},
		{`SELECT id FROM deals WHERE n NOT IN (1, NULL)`, ``},
		{`SELECT id FROM deals WHERE note LIKE 'say%twi_e'`, `"a1"`},
		{`SELECT id FROM deals WHERE note NOT LIKE '%i%'`, `"c3"`},
		{`SELECT id FROM deals WHERE won AND (n = 7 OR n = 8)`, `"a1" "d4"`},
		{`SELECT id FROM deals WHERE n = NULL`, ``},
		{`SELECT id FROM deals WHERE amount IS NULL AND NULL`, ``},
		{`SELECT id FROM deals WHERE (n > 100 AND NULL) OR id = 'a1'`, `"a1"`},
		{`SELECT id FROM deals WHERE NULL AND won`, ``},
		{`SELECT 1 WHERE 1 = 2`, ``},
		{`SELECT text, count(*) FROM nulls GROUP BY text`, `,"1" "null","1"`},
		{`SELECT count(*) FROM deals`, `"4"`},
		{`SELECT count(*) FROM deals WHERE id = 'zz'`, `"0"`},
		{`SELECT id FROM deals WHERE id = 'zz' GROUP BY id`, ``},
		{`SELECT n, won, count(*) AS many FROM deals GROUP BY n, 2 ORDER BY many DESC, n`, `"7","true","2" "-1","false","1" ,,"1"`},
		{`SELECT CAST(day AS varchar), count(*) FROM deals GROUP BY CAST(day AS varchar) ORDER BY 1`, `"2026-02-28","1" "2026-03-01","1" ,"2"`},
		{`SELECT id FROM deals ORDER BY amount`, `"b2" "d4" "a1" "c3"`},
		{`SELECT id FROM deals ORDER BY updated_at DESC, id DESC LIMIT 3`, `"c3" "b2" "a1"`},
		{`SELECT id AS k, score AS id FROM deals ORDER BY k DESC LIMIT 1`, `"d4","1.0E-5"`},
		{`SELECT CAST(n AS varchar), CAST(score AS varchar), CAST(won AS integer), CAST(amount AS double) FROM deals WHERE id = 'a1'`, `"7","1.25E4","1","33000.5"`},
		{`SELECT CAST('12' AS bigint), CAST('1.005' AS decimal(10,2)), CAST(2.5 AS integer), CAST('t' AS boolean), CAST('abc' AS varchar(2))`, `"12","1.01","3","true","ab"`},
		{`SELECT TRY_CAST('x' AS bigint), TRY_CAST('300' AS tinyint), TRY_CAST('1e400' AS double), TRY_CAST('99999' AS decimal(5,2))`, `,,,`},
		{`SELECT CAST('2026-03-01 10:00:00.5' AS timestamp), CAST(TIMESTAMP '2026-03-01 23:30:00 -02:00' AS date), CAST(DATE '2026-03-01' AS timestamp(3))`,
			`"2026-03-01 10:00:00.500","2026-03-01","2026-03-01 00:00:00.000"`},
		{`SELECT TIMESTAMP '2026-03-01 12:00:00 +02:00', CAST(updated_at AS timestamp with time zone) FROM deals WHERE id = 'a1'`,
			`"2026-03-01 12:00:00.000 +02:00","2026-03-01 12:00:00.001 UTC"`},
		{`SELECT CAST('2026-03-01 12:00:00 +02:00' AS timestamp), CAST('2026-03-01 12:00' AS timestamp with time zone)`, `"2026-03-01 12:00:00.000","2026-03-01 12:00:00.000 UTC"`},
		{`SELECT CAST(7 AS boolean), CAST(1.5 AS real), CAST(CAST(1.5 AS real) AS varchar), CAST(TRUE AS boolean)`, `"true","1.5","1.5E0","true"`},
		{`SELECT from_iso8601_timestamp('2026-03-01'), from_iso8601_timestamp('2026-03-01T10:00:00-05:00')`, `"2026-03-01 00:00:00.000 UTC","2026-03-01 10:00:00.000 -05:00"`},
		{`SELECT tags, who, extra, raw FROM deals WHERE id = 'a1'`, `"[x, null]","{age=1, name=n}","{k=2}","01 ff"`},
		{`SELECT json_format(CAST(tags AS JSON)), json_format(CAST(who AS JSON)), json_format(CAST(extra AS JSON)), json_format(CAST(score AS JSON)) FROM deals WHERE id = 'a1'`,
			`"["x",null]","{"age":1,"name":"n"}","{"k":2}","12500.0"`},
	} {
		got, _, err := run(t, tc.query)
		if err != nil || got != tc.rows {
			t.Errorf("%s\n got %s, %v\nwant %s", tc.query, got, err, tc.rows)
		}
	}
}

func TestFailuresInAthenasWords(t *testing.T) {
	for _, tc := range []struct{ query, reason string }{
		{`SELEC id FROM deals`, "SYNTAX_ERROR: line 1:1: mismatched input 'SELEC'"},
		{`SELECT id FORM deals x`, "SYNTAX_ERROR: line 1:16: mismatched input 'deals'"},
		{"SELECT id\nFROM deals\nWHERE", "SYNTAX_ERROR: line 3:6: mismatched input '<EOF>'"},
		{`SELECT id FROM deals WHERE id = 'x`, "SYNTAX_ERROR: line 1:33: mismatched input '''"},
		{`SELECT id FROM deals OFFSET 5`, "SYNTAX_ERROR: line 1:22: mismatched input 'OFFSET'"},
		{`SELECT id FROM deals WHERE id ? 1`, "SYNTAX_ERROR: line 1:31: mismatched input '?'"},
		{`SELECT id FROM deals WHERE id BETWEEN 1 AND 2`, "SYNTAX_ERROR: line 1:31: mismatched input 'BETWEEN'"},
		{`SELECT id FROM deals WHERE id NOT 1`, "SYNTAX_ERROR: line 1:35"},
		{`SELECT id FROM deals LIMIT x`, "SYNTAX_ERROR: line 1:28"},
		{`SELECT id, FROM deals`, "SYNTAX_ERROR: line 1:12"},
		{`SELECT ` + strings.Repeat("(", 300) + `1` + strings.Repeat(")", 300), "SYNTAX_ERROR: line 1:"},
		{`SELECT 1e`, "SYNTAX_ERROR: line 1:"},
		{`SELECT count(*) + 1`, "SYNTAX_ERROR: line 1:17: mismatched input '+'"},
		{`SELECT CAST(count(*) AS varchar)`, "SYNTAX_ERROR: line 1:13"},
		{`SELECT CAST(1 AS decimal(x))`, "SYNTAX_ERROR: line 1:26"},
		{`SELECT *`, "COLUMN_NOT_FOUND: line 1:8"},
		{`SELECT nothing FROM deals`, "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"},
		{`SELECT id FROM deals WHERE nothing IS NULL`, "COLUMN_NOT_FOUND: line 1:28"},
		{`SELECT id FROM deals ORDER BY nothing`, "COLUMN_NOT_FOUND: line 1:31"},
		{`SELECT id FROM deals GROUP BY nothing`, "COLUMN_NOT_FOUND: line 1:31"},
		{`SELECT nothing, count(*) FROM deals`, "COLUMN_NOT_FOUND: line 1:8"},
		{`SELECT id FROM nowhere`, "TABLE_NOT_FOUND: line 1:16: Table 'awsdatacatalog.demo.nowhere' does not exist"},
		{`SELECT id FROM nowhere.deals`, "SCHEMA_NOT_FOUND: line 1:16: Schema 'nowhere' does not exist"},
		{`SELECT id FROM deals WHERE id < TIMESTAMP '2026-03-01 00:00:00'`, "TYPE_MISMATCH: line 1:31: Cannot apply operator: varchar < timestamp(3)"},
		{`SELECT id FROM deals WHERE id >= TIMESTAMP '2026-03-01 00:00:00'`, "TYPE_MISMATCH: line 1:31: Cannot apply operator: timestamp(3) <= varchar"},
		{`SELECT id FROM deals WHERE n = '7'`, "TYPE_MISMATCH: line 1:30: Cannot apply operator: integer = varchar"},
		{`SELECT id FROM deals WHERE amount = 'x'`, "TYPE_MISMATCH: line 1:35: Cannot apply operator: decimal(12,2) = varchar"},
		{`SELECT id FROM deals WHERE who = tags`, "Cannot apply operator: row(age integer, name varchar) = array(varchar)"},
		{`SELECT id FROM deals WHERE tags = tags`, "TYPE_MISMATCH"},
		{`SELECT id FROM deals WHERE id`, "TYPE_MISMATCH: line 1:28: WHERE clause must evaluate to a boolean: actual type varchar"},
		{`SELECT id FROM deals WHERE NOT id`, "TYPE_MISMATCH: line 1:32"},
		{`SELECT id FROM deals WHERE won AND n`, "TYPE_MISMATCH: line 1:36"},
		{`SELECT id FROM deals WHERE n OR won`, "TYPE_MISMATCH: line 1:28"},
		{`SELECT id FROM deals WHERE n LIKE 'x'`, "TYPE_MISMATCH"},
		{`SELECT id FROM deals WHERE n LIKE 7`, "TYPE_MISMATCH: line 1:30: Left side of LIKE"},
		{`SELECT CAST(tags AS varchar) FROM deals`, "TYPE_MISMATCH: line 1:8: Cannot cast array(varchar) to varchar"},
		{`SELECT CAST(won AS date) FROM deals`, "TYPE_MISMATCH: line 1:8: Cannot cast boolean to date"},
		{`SELECT CAST(day AS boolean) FROM deals`, "TYPE_MISMATCH"},
		{`SELECT CAST(day AS bigint) FROM deals`, "TYPE_MISMATCH"},
		{`SELECT CAST(1 AS point)`, "TYPE_NOT_FOUND: line 1:18: Unknown type: point"},
		{`SELECT CAST('x' AS bigint)`, "INVALID_CAST_ARGUMENT: Cannot cast 'x' to BIGINT"},
		{`SELECT CAST('1.5' AS bigint)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT CAST(40000 AS smallint)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT CAST('maybe' AS boolean)`, "INVALID_CAST_ARGUMENT: Cannot cast 'maybe' to BOOLEAN"},
		{`SELECT CAST('soon' AS timestamp)`, "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: soon"},
		{`SELECT CAST('2026-03-01 10:00 Mars' AS timestamp)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT id FROM deals ORDER BY CAST(id AS bigint)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT count(*) FROM deals GROUP BY CAST(id AS bigint)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT id FROM deals WHERE 1 = CAST(id AS bigint)`, "INVALID_CAST_ARGUMENT"},
		{`SELECT TIMESTAMP 'soon'`, "INVALID_LITERAL: line 1:8: 'soon' is not a valid TIMESTAMP literal"},
		{`SELECT DATE '2026-13-01'`, "INVALID_LITERAL: line 1:8: '2026-13-01' is not a valid DATE literal"},
		{`SELECT from_iso8601_timestamp('soon')`, "INVALID_FUNCTION_ARGUMENT"},
		{`SELECT lower(id) FROM deals`, "FUNCTION_NOT_FOUND: line 1:8: Function 'lower' not registered"},
		{`SELECT now()`, "FUNCTION_NOT_FOUND"},
		{`SELECT lower(nothing) FROM deals`, "COLUMN_NOT_FOUND"},
		{`SELECT json_format(id) FROM deals`, "TYPE_MISMATCH: line 1:8: Unexpected parameters (varchar) for function json_format"},
		{`SELECT id, count(*) FROM deals`, "EXPRESSION_NOT_AGGREGATE: line 1:8"},
		{`SELECT count(*) FROM deals ORDER BY id`, "EXPRESSION_NOT_AGGREGATE: line 1:37"},
		{`SELECT count(*) FROM deals GROUP BY 3`, "INVALID_COLUMN_REFERENCE: line 1:37"},
		{`SELECT count(*) FROM deals GROUP BY 1`, "EXPRESSION_NOT_SCALAR: line 1:8"},
		{`SELECT id FROM deals ORDER BY 2`, "INVALID_COLUMN_REFERENCE: line 1:31"},
	} {
		_, _, err := run(t, tc.query)
		if err == nil || !sql.IsUser(err) || !strings.Contains(err.Error(), tc.reason) {
			t.Errorf("%s\n got %v\nwant %s", tc.query, err, tc.reason)
		}
	}
}

func TestScannedAreTheNamedColumnsOfThePartitionsThatAreLeft(t *testing.T) {
	for _, tc := range []struct {
		query string
		want  int64
	}{
		{`SELECT count(*) FROM deals`, 0},
		{`SELECT dt FROM deals`, 0},
		{`SELECT id FROM deals`, 8},
		{`SELECT id FROM deals LIMIT 1`, 8},
		{`SELECT count(*) FROM deals WHERE updated_at IS NULL`, 24},
		{`SELECT id FROM deals ORDER BY won`, 8 + 3},
		{`SELECT id FROM deals WHERE id = 'zz'`, 8},
		{`SELECT id FROM deals WHERE dt = '2026-02-01'`, 4},
		{`SELECT id FROM deals WHERE dt >= '2026-02-02' AND n = 7`, 4 + 8}, // c3 has no n
		{`SELECT id FROM deals WHERE dt >= '2026-02-02' OR n = 7`, 8 + 3*8},
		{`SELECT tags, who, extra FROM deals`, 1 + (8 + 1) + (1 + 8)},
	} {
		if _, got, err := run(t, tc.query); err != nil || got != tc.want {
			t.Errorf("%s scanned %d bytes, %v; want %d", tc.query, got, err, tc.want)
		}
	}
}

func TestUnloadIsRead(t *testing.T) {
	p, err := plan("UNLOAD (SELECT id FROM deals) TO 's3://b/p/' WITH (FORMAT = 'JSON', compression = 'gzip')")
	if err != nil || p.Unload == nil || p.Unload.To != "s3://b/p/" || p.Unload.Options["format"] != "JSON" || p.Unload.Options["compression"] != "gzip" {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestARunEndsWhenNobodyWantsItOrItsRows(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	stopped, enough := errors.New("stopped"), errors.New("enough")
	for query, want := range map[string]error{
		"SELECT n FROM numbers":                      enough,
		"SELECT n FROM numbers ORDER BY n DESC":      enough,
		"SELECT n, count(*) FROM numbers GROUP BY n": enough,
		"SELECT 1": enough,
	} {
		p, err := plan(query)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(ctx, new(atomic.Int64), func([]table.Value) error { return enough }); !errors.Is(err, want) {
			t.Errorf("%s: %v", query, err)
		}
	}
	cancel()
	p, err := plan("SELECT n FROM numbers")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Run(ctx, new(atomic.Int64), func([]table.Value) error { return stopped }); !errors.Is(err, stopped) {
		t.Errorf("the first row: %v", err)
	}
	if err := p.Run(ctx, new(atomic.Int64), func([]table.Value) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"SELECT 1", "SELECT * FROM deals WHERE n IN (1, NULL) AND NOT note LIKE '%x_' ORDER BY 1 DESC LIMIT 3",
		"UNLOAD (SELECT id FROM deals) TO 's3://b/' WITH (format = 'JSON')", "SELECT CAST(n AS decimal(3,1)), count(*) FROM deals GROUP BY 1", "'", "/*", "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		p, err := plan(query)
		if err != nil {
			if !sql.IsUser(err) {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		if err := p.Run(t.Context(), new(atomic.Int64), func(row []table.Value) error {
			if len(row) != len(p.Columns) {
				t.Fatalf("%q: %d values for %d columns", query, len(row), len(p.Columns))
			}
			return nil
		}); err != nil && !sql.IsUser(err) {
			t.Fatalf("%q: %v", query, err)
		}
	})
}
