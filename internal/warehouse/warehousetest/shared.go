package warehousetest

import (
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// together runs do for both drivers at once, n times each, and reports what
// failed.
func together(a, b *fixture, n int, do func(f *fixture, i int) error) {
	a.Helper()
	errs := make(chan error)
	for _, f := range []*fixture{a, b} {
		go func() {
			for i := range n {
				if err := do(f, i); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			a.Errorf("unexpected error: %v", a.db.Explain(err))
		}
	}
}

// migrateTogether: two processes that start at once both find the ledger.
func migrateTogether(a, b *fixture) {
	together(a, b, 3, func(f *fixture, _ int) error { return f.db.Migrate(f.ctx) })
	there, err := b.db.Exists(b.ctx, "ingestion_sync_history")
	b.must(err)
	if !there {
		b.Error("there is no history")
	}
}

// createTogether: two processes that make the same tables at once both have
// them.
func createTogether(a, b *fixture) {
	together(a, b, 5, func(f *fixture, i int) error {
		stream := leads()
		stream.Table += strconv.Itoa(i)
		_, err := f.db.Table(f.ctx, stream, true)
		return err
	})
	stream := leads()
	stream.Table += "4"
	b.wantRows(stream, []string{"id"})
}

// writeTogether: two writers of the same rows create each row once between
// them, and the newest version is there in the end (L2, L9).
func writeTogether(a, b *fixture) {
	const n, size = 20, 50
	tables := map[*fixture]warehouse.Table{a: a.open(leads()), b: b.open(leads())}
	results := make(chan crm.Counts, 2*n)
	together(a, b, n, func(f *fixture, i int) error {
		// a writes versions 0, 2, 4 …, b writes 1, 3, 5 … of the same rows.
		version := 2 * i
		if f == b {
			version++
		}
		rows := make([]crm.Row, size)
		for k := range rows {
			rows[k] = lead(int64(k), "version "+strconv.Itoa(version), instant(time.Duration(version)*time.Second))
		}
		var counts crm.Counts
		err := f.db.InTx(f.ctx, func(tx ledger.Conn) error {
			var err error
			counts, err = tables[f].Write(f.ctx, tx, rows)
			return err
		})
		f.wantUnchanged(tables[f], rows, counts)
		results <- counts
		return err
	})
	close(results)
	var sum crm.Counts
	for c := range results {
		sum.Add(c)
	}
	if sum.Created != size || sum.Processed() != 2*n*size {
		a.Errorf("%+v for %d rows written %d times", sum, size, 2*n)
	}
	want := make([][]string, size)
	for k := range want {
		want[k] = []string{strconv.Itoa(k), "version " + strconv.Itoa(2*n-1)}
	}
	b.wantRows(leads(), []string{"id", "name"}, want...)
}

// seeEachOther: what one has committed, the other knows.
func seeEachOther(a, b *fixture) {
	ta, tb := a.open(leads()), b.open(leads())
	row := lead(1, "Ann", instant(0))
	a.write(ta, row)
	b.wantKnown(tb, []crm.Row{row}, versionOf(row))
	b.wantCounts(b.write(tb, row), 0, 0, 1)
	newer := lead(1, "Anna", instant(time.Hour))
	b.wantCounts(b.write(tb, newer), 0, 1, 0)
	a.wantKnown(ta, []crm.Row{newer}, versionOf(newer))
	a.wantCounts(a.write(ta, row), 0, 0, 1)
}
