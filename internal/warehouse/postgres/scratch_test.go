package postgres_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

func textCopy(rows []crm.Row) []byte {
	var b bytes.Buffer
	esc := strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\t", "\\t")
	for i := range rows {
		for _, v := range rows[i].Values {
			if !v.Valid {
				b.WriteString("\\N\t")
				continue
			}
			b.WriteString(esc.Replace(v.String()))
			b.WriteByte('\t')
		}
		b.WriteString(esc.Replace(string(rows[i].Raw)))
		b.WriteString("\t\\\\x" + hex.EncodeToString(rows[i].Hash[:]) + "\n")
	}
	return b.Bytes()
}

func TestScratch(t *testing.T) {
	if os.Getenv("SCRATCH") == "" {
		return
	}
	const n, size = 20000, 2500
	url := pgtest.URL(t)
	d := open(t, url, postgres.Options{})
	defer d.Close()
	table := openTable(t, d, leadStream())
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	must := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(sql, err)
		}
	}
	if v := os.Getenv("TT"); v != "" {
		must("ALTER TABLE ingestion_salesrabbit_lead SET (toast_tuple_target = " + v + ")")
	}
	must("CREATE TABLE naive (LIKE ingestion_salesrabbit_lead INCLUDING ALL)")
	var cols []string
	for _, f := range leadStream().Fields {
		cols = append(cols, f.Column)
	}
	cols = append(cols, "data", "warren_hash")
	list := strings.Join(cols, ", ")
	var sets []string
	for _, cc := range cols[1:] {
		sets = append(sets, cc+" = excluded."+cc)
	}
	must("CREATE UNLOGGED TABLE naive_staging AS SELECT " + list + " FROM naive LIMIT 0")
	naive := func(rows []crm.Row) time.Duration {
		data := textCopy(rows)
		start := time.Now()
		must("TRUNCATE naive_staging")
		if _, err := c.PgConn().CopyFrom(t.Context(), bytes.NewReader(data), "COPY naive_staging ("+list+") FROM STDIN"); err != nil {
			t.Fatal(err)
		}
		must("INSERT INTO naive (" + list + ") SELECT " + list + " FROM naive_staging ON CONFLICT (id) DO UPDATE SET " + strings.Join(sets, ", ") + ", synced_at = now() WHERE naive.warren_hash IS DISTINCT FROM excluded.warren_hash")
		return time.Since(start)
	}
	ours := func(rows []crm.Row) time.Duration {
		start := time.Now()
		for i := 0; i < len(rows); i += size {
			write(t, d, table, rows[i:i+size])
		}
		return time.Since(start)
	}
	lookups := func(rows []crm.Row) time.Duration {
		start := time.Now()
		v := make([]crm.Version, size)
		for i := 0; i < len(rows); i += size {
			if err := table.Known(t.Context(), rows[i:i+size], v); err != nil {
				t.Fatal(err)
			}
		}
		return time.Since(start)
	}
	for round := range 3 {
		must("TRUNCATE naive, ingestion_salesrabbit_lead")
		fmt.Println("round", round)
		v0, v1 := leadRows(0, n, 0), leadRows(0, n, 1)
		a, b := naive(v0), ours(v0)
		fmt.Printf("new       naive %v ours %v ratio %.2f\n", a, b, float64(b)/float64(a))
		a, b = naive(v0), lookups(v0)
		fmt.Printf("unchanged naive %v ours %v ratio %.2f\n", a, b, float64(b)/float64(a))
		a, b = naive(v1), ours(v1)
		fmt.Printf("changed   naive %v ours %v ratio %.2f\n", a, b, float64(b)/float64(a))
	}
	_ = func(title, sql string) {
		rows, err := c.Query(t.Context(), "EXPLAIN (ANALYZE, BUFFERS) "+sql)
		if err != nil { t.Fatal(err) }
		fmt.Println("--", title)
		for rows.Next() { var l string; rows.Scan(&l); fmt.Println(l) }
		rows.Close()
	}
	var s string
	c.QueryRow(t.Context(), "SELECT pg_size_pretty(pg_total_relation_size('naive')) || ' ' || pg_size_pretty(pg_total_relation_size('ingestion_salesrabbit_lead'))").Scan(&s)
	fmt.Println(s)
}
