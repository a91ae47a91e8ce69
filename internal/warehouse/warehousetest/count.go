package warehousetest

import "github.com/warren-sync/warren/internal/crm"

// countRows: every row counts that is not marked as missing, also one that the
// source says is deleted.
func countRows(f *fixture) {
	stream, row := leadsWithDeletion()
	want := func(create bool, want int64) {
		f.Helper()
		table, err := f.db.Table(f.ctx, stream, create)
		f.must(err)
		if got, err := table.Count(f.ctx); err != nil || got != want {
			f.Errorf("%d rows are counted, want %d: %v", got, want, err)
		}
	}
	want(false, 0) // there is no table
	f.exec("CREATE TABLE " + quote(stream.Table) + " (id bigint NOT NULL PRIMARY KEY)")
	f.exec("INSERT INTO " + quote(stream.Table) + " (id) VALUES (7), (8)")
	want(false, 2) // no row can be marked yet
	want(true, 2)
	table := f.open(stream)
	f.write(table, row(1, crm.Value{}), row(2, crm.TimestampValue(instant(0))), row(3, crm.Value{}))
	want(false, 5)
	f.remove(table, 17, false, row(1, crm.Value{}))
	want(false, 4)
	f.remove(table, 17, true, row(3, crm.Value{}))
	want(true, 3)
	f.write(table, row(1, crm.Value{}))
	want(true, 4)
}
