package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

const benchBatch = 1000

// wide is a stream like SalesRabbit's leads: 30 columns, four indexes.
func wide() crm.Stream {
	s := crm.Stream{Name: "wide", Table: "ingestion_test_wide", PrimaryKey: []string{"id"}, Cursor: "modified_at",
		Indexes: [][]string{{"c0"}, {"c1"}, {"c2"}, {"modified_at"}}}
	s.Fields = append(s.Fields, crm.Field{Column: "id", Type: crm.TypeInteger}, crm.Field{Column: "modified_at", Type: crm.TypeTimestamp})
	types := []crm.Type{crm.TypeText, crm.TypeText, crm.TypeText, crm.TypeInteger, crm.TypeText, crm.TypeDecimal, crm.TypeText, crm.TypeTimestamp, crm.TypeText, crm.TypeBoolean}
	for i := range 28 {
		s.Fields = append(s.Fields, crm.Field{Column: fmt.Sprintf("c%d", i), Type: types[i%len(types)]})
	}
	return s
}

// wideRows returns rows with random keys and a raw record of 1.4 kB.
func wideRows(s crm.Stream, keys []int, version int) []crm.Row {
	raw := []byte(`{"filler":"` + strings.Repeat("0123456789", 138) + `"}`)
	rows := make([]crm.Row, len(keys))
	for i, key := range keys {
		at := crm.TimestampValue(instant().Add(time.Duration(version*len(keys)+i) * time.Second))
		row := crm.Row{ID: fmt.Sprint(key), Key: []crm.Value{crm.IntegerValue(int64(key))}, Cursor: at, Raw: raw, Values: make([]crm.Value, len(s.Fields))}
		for j, f := range s.Fields {
			v := crm.Value{Valid: j%7 != 6, Type: f.Type, Int: int64(key*31 + j), Bytes: []byte(fmt.Sprintf("%d.%02d", (key*7919+j)%100003, version%100))}
			if f.Type == crm.TypeBoolean {
				v.Int %= 2
			}
			row.Values[j] = v
		}
		row.Values[0], row.Values[1] = row.Key[0], at
		copy(row.Hash[:], fmt.Sprint(key, " ", version))
		rows[i] = row
	}
	return rows
}

type bench struct {
	*testing.B
	driver *sqlite.Driver
	stream crm.Stream
	table  warehouse.Table
}

func newBench(b *testing.B) *bench {
	b.Helper()
	d := open(b, filepath.Join(b.TempDir(), "warren.db"), sqlite.Options{})
	stream := wide()
	table, err := d.Table(b.Context(), stream, true)
	if err != nil {
		b.Fatal(err)
	}
	return &bench{b, d, stream, table}
}

func (b *bench) write(rows []crm.Row) {
	err := b.driver.InTx(b.Context(), func(tx ledger.Conn) error {
		_, err := b.table.Write(b.Context(), tx, rows)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) report(batches int) {
	b.ReportAllocs()
	b.ReportMetric(float64(batches*benchBatch)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteNew(b *testing.B) {
	w := newBench(b)
	keys := rand.New(rand.NewPCG(1, 2)).Perm(10_000_000)
	n := 0
	for b.Loop() {
		b.StopTimer()
		rows := wideRows(w.stream, keys[n*benchBatch:(n+1)*benchBatch], 0)
		b.StartTimer()
		w.write(rows)
		n++
	}
	w.report(n)
}

// 50,000 rows are there; each round changes a thousand of them.
func benchmarkOld(b *testing.B, round func(w *bench, keys []int, version int)) {
	w := newBench(b)
	const there = 50
	keys := rand.New(rand.NewPCG(1, 2)).Perm(10_000_000)[:there*benchBatch]
	for i := range there {
		w.write(wideRows(w.stream, keys[i*benchBatch:(i+1)*benchBatch], 0))
	}
	n := 0
	for b.Loop() {
		from := n % there * benchBatch
		round(w, keys[from:from+benchBatch], 1+n/there)
		n++
	}
	w.report(n)
}

func BenchmarkWriteChanged(b *testing.B) {
	benchmarkOld(b, func(w *bench, keys []int, version int) {
		b.StopTimer()
		rows := wideRows(w.stream, keys, version)
		b.StartTimer()
		w.write(rows)
	})
}

func BenchmarkWriteUnchanged(b *testing.B) {
	benchmarkOld(b, func(w *bench, keys []int, _ int) {
		b.StopTimer()
		rows := wideRows(w.stream, keys, 0)
		b.StartTimer()
		w.write(rows)
	})
}

func BenchmarkKnown(b *testing.B) {
	versions := make([]crm.Version, benchBatch)
	benchmarkOld(b, func(w *bench, keys []int, _ int) {
		b.StopTimer()
		rows := wideRows(w.stream, keys, 0)
		b.StartTimer()
		if err := w.table.Known(b.Context(), rows, versions); err != nil {
			b.Fatal(err)
		}
	})
}
