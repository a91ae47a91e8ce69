package postgres_test

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
)

// leadStream is the old system's table of leads: 29 columns, 5 indexes.
func leadStream() crm.Stream {
	s := crm.Stream{
		Name: "leads", Title: "leads", Table: "ingestion_salesrabbit_lead", TableAliases: []string{"salesrabbit_lead"},
		PrimaryKey: []string{"id"}, Cursor: "date_modified", Incremental: true,
		Indexes: [][]string{{"date_modified"}, {"email"}, {"status"}, {"campaign_id"}, {"user_id"}},
	}
	add := func(t crm.Type, columns ...string) {
		for _, c := range columns {
			s.Fields = append(s.Fields, crm.Field{Column: c, Type: t})
		}
	}
	add(crm.TypeInteger, "id")
	add(crm.TypeText, "first_name", "last_name", "business_name", "email", "phone_primary", "phone_alternate",
		"street1", "street2", "city", "state", "zip", "country")
	add(crm.TypeDecimal, "latitude", "longitude")
	add(crm.TypeText, "status")
	add(crm.TypeTimestamp, "status_modified")
	add(crm.TypeText, "notes", "appointment")
	add(crm.TypeJSON, "files")
	add(crm.TypeInteger, "campaign_id", "user_id")
	add(crm.TypeText, "user_name")
	add(crm.TypeTimestamp, "date_created", "date_modified", "owner_modified", "deleted_at")
	add(crm.TypeDate, "date_of_birth")
	add(crm.TypeJSON, "custom_fields")
	return s
}

// leadRow returns a lead of about 1.4 kB of JSON; the version changes it.
func leadRow(id int64, version int) crm.Row {
	r := rand.New(rand.NewPCG(uint64(id), 7))
	text := func(n int) crm.Value {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyz     "[r.IntN(31)]
		}
		return crm.TextValue(b)
	}
	at := func() crm.Value {
		return crm.TimestampValue(time.Date(2025, 1, 1, 0, 0, r.IntN(3e7), 0, time.UTC))
	}
	s := leadStream()
	modified := crm.TimestampValue(time.Date(2026, 1, 1, 0, version, int(id%86400), 0, time.UTC))
	values := map[string]crm.Value{
		"id": crm.IntegerValue(id), "first_name": text(7), "last_name": text(9), "email": crm.TextValue([]byte("lead" + strconv.FormatInt(id, 10) + "@example.com")),
		"phone_primary": text(12), "street1": text(20), "city": text(10), "state": text(2), "zip": text(5), "country": text(2),
		"latitude": crm.DecimalValue([]byte("40." + strconv.Itoa(1000000+r.IntN(8999999)))), "longitude": crm.DecimalValue([]byte("-111." + strconv.Itoa(1000000+r.IntN(8999999)))),
		"status": crm.TextValue([]byte([]string{"New", "Callback", "Not Interested", "Sold"}[r.IntN(4)])), "status_modified": at(), "notes": text(300 + version%2),
		"campaign_id": crm.IntegerValue(int64(r.IntN(40))), "user_id": crm.IntegerValue(int64(r.IntN(500))), "user_name": text(14),
		"date_created": at(), "date_modified": modified, "owner_modified": at(), "date_of_birth": crm.DateValue(int64(r.IntN(20000))),
		"custom_fields": crm.JSONValue([]byte(`{"roof":"shingle","age":"` + strconv.Itoa(r.IntN(90)) + `","owner":true}`)),
	}
	row := crm.Row{ID: strconv.FormatInt(id, 10), Key: []crm.Value{values["id"]}, Cursor: modified, Values: make([]crm.Value, len(s.Fields))}
	raw := map[string]any{"padding": string(text(380).Bytes)}
	for i, f := range s.Fields {
		row.Values[i] = values[f.Column]
		raw[f.Column] = row.Values[i].String()
	}
	row.Raw, _ = json.Marshal(raw) // a map of texts always has a JSON form
	binary.BigEndian.PutUint64(row.Hash[:], uint64(id))
	binary.BigEndian.PutUint64(row.Hash[8:], uint64(version)+1)
	return row
}

// leadRows returns a batch of leads with ids from first on, in the order of a
// source that sorts by something else.
func leadRows(first int64, n, version int) []crm.Row {
	rows := make([]crm.Row, n)
	for i := range rows {
		rows[i] = leadRow(first+int64(i*7919%n), version)
	}
	return rows
}

func write(t testing.TB, d *postgres.Driver, table warehouse.Table, rows []crm.Row) crm.Counts {
	t.Helper()
	var counts crm.Counts
	err := d.InTx(t.Context(), func(tx ledger.Conn) (err error) {
		counts, err = table.Write(t.Context(), tx, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func openTable(t testing.TB, d *postgres.Driver, stream crm.Stream) warehouse.Table {
	t.Helper()
	table, err := d.Table(t.Context(), stream, true)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// benchmarkWrite runs do on batches of a table that holds 20,000 leads.
func benchmarkWrite(b *testing.B, do func(b *testing.B, d *postgres.Driver, table warehouse.Table, size, round int) int) {
	for _, size := range []int{500, 1000, 5000} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			url, err := pgtest.Dedicated(b, pgtest.Durable()).NewDatabase(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			d := open(b, url, postgres.Options{})
			defer func() { _ = d.Close() }()
			table := openTable(b, d, leadStream())
			for i := range 4 {
				write(b, d, table, leadRows(int64(i*5000), 5000, 0))
			}
			b.ReportAllocs()
			b.StopTimer()
			b.ResetTimer()
			rows := 0
			for round := range b.N {
				rows += do(b, d, table, size, round)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkWriteNew(b *testing.B) {
	benchmarkWrite(b, func(b *testing.B, d *postgres.Driver, table warehouse.Table, size, round int) int {
		rows := leadRows(int64(100_000+round*size), size, 0)
		b.StartTimer()
		defer b.StopTimer()
		if c := write(b, d, table, rows); c.Created != int64(size) {
			b.Fatalf("%+v", c)
		}
		return size
	})
}

func BenchmarkWriteChanged(b *testing.B) {
	benchmarkWrite(b, func(b *testing.B, d *postgres.Driver, table warehouse.Table, size, round int) int {
		first := round * size % 20_000
		rows := leadRows(int64(first), size, 1+round)
		b.StartTimer()
		defer b.StopTimer()
		if c := write(b, d, table, rows); c.Updated != int64(size) {
			b.Fatalf("%+v", c)
		}
		return size
	})
}

func BenchmarkWriteUnchanged(b *testing.B) {
	benchmarkWrite(b, func(b *testing.B, d *postgres.Driver, table warehouse.Table, size, round int) int {
		rows := leadRows(int64(round*size%20_000), size, 0)
		b.StartTimer()
		defer b.StopTimer()
		if c := write(b, d, table, rows); c.Unchanged != int64(size) {
			b.Fatalf("%+v", c)
		}
		return size
	})
}

func BenchmarkKnown(b *testing.B) {
	benchmarkWrite(b, func(b *testing.B, d *postgres.Driver, table warehouse.Table, size, round int) int {
		rows := leadRows(int64(round*size%20_000), size, 0)
		versions := make([]crm.Version, size)
		b.StartTimer()
		defer b.StopTimer()
		if err := table.Known(b.Context(), rows, versions); err != nil || !versions[0].Known {
			b.Fatal(err, versions[0])
		}
		return size
	})
}
