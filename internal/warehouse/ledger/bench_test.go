package ledger_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// BenchmarkCommit measures what the ledger adds to a batch of 5,000 rows, in a
// ledger with 20,000 entries and issues of which no statistics are kept: for a
// batch without any, for one that must look for those of its rows, and for one
// in which a tenth of the records fail.
func BenchmarkCommit(b *testing.B) {
	const rows, stored = 5000, 20000
	version := func(n int) ledger.Version { return ledger.Version{ID: fmt.Sprint("r", n), Cursor: at(0)} }
	fail := func(d *ledger.Durable, n int) {
		v := version(n)
		d.Rejects = append(d.Rejects, crm.Reject{ID: v.ID, Raw: make([]byte, 1400), Cursor: v.Cursor})
		d.Issues = append(d.Issues, crm.Issue{RecordID: v.ID, Rule: "phone", Value: "12", Message: "too short"})
	}
	batches := map[string]func(d *ledger.Durable){
		"bare": func(d *ledger.Durable) { d.CleanIssues, d.CleanQuarantine = false, false },
		"clean": func(d *ledger.Durable) {
			for n := range rows {
				d.Written = append(d.Written, version(stored+n))
			}
		},
		"failing": func(d *ledger.Durable) {
			for n := range rows / 10 {
				fail(d, n)
			}
		},
	}
	for dialect, address := range map[ledger.Dialect]string{
		ledger.SQLite: "sqlite://" + filepath.Join(b.TempDir(), "warren.db"), ledger.PostgreSQL: pgtest.URL(b),
	} {
		db, closeDB, err := openAddress(b.Context(), address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(closeDB)
		if err := db.Migrate(b.Context()); err != nil {
			b.Fatal(err)
		}
		held, err := ledger.Acquire(b.Context(), db, claim(far("1")))
		if err != nil {
			b.Fatal(err)
		}
		number := int64(0)
		write := func(b *testing.B, fill func(*ledger.Durable)) {
			number++
			d := durable(held.Run.ID, number)
			fill(&d)
			if err := db.InTx(b.Context(), func(tx ledger.Conn) error { return ledger.Commit(b.Context(), tx, d) }); err != nil {
				b.Fatal(err)
			}
		}
		write(b, func(d *ledger.Durable) {
			for n := range stored {
				fail(d, n)
			}
		})
		for name, fill := range batches {
			b.Run(string(dialect)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					write(b, fill)
				}
			})
		}
	}
}
