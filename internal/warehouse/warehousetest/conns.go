package warehousetest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// connKinds: every kind of argument that ledger.Conn takes can be scanned into
// its kind of target, NULL into a pointer to a pointer.
func connKinds(f *fixture) {
	instantType, localType, binaryType := "timestamptz", "timestamp", "bytea"
	if f.db.Dialect() == ledger.SQLite {
		instantType, localType, binaryType = "text", "text", "blob"
	}
	f.exec("CREATE TABLE kinds (n bigint, yes boolean, words text, at " + instantType + ", bytes " + binaryType + ", local " + localType + ")")
	// A time in another zone is the same instant.
	at := instant(0).In(time.FixedZone("", 5*3600+1800))
	// A statement may go another way when it comes again.
	least := int64(-1) << 63
	for _, n := range []int64{least, 7} {
		f.exec("INSERT INTO kinds (n, yes, words, at, bytes, local) VALUES ($1, $2, $3, $4, $5, $6)", n, true, "it's $1", at, []byte{0, 255}, instant(0))
	}
	f.exec("INSERT INTO kinds (bytes, at, words, yes, n) VALUES ($5, $4, $3, $2, $1)", nil, nil, nil, nil, nil)

	read := func(db ledger.Conn, want int64) {
		rows, err := db.Query(f.ctx, "SELECT n, yes, words, at, bytes, local FROM kinds WHERE n = $1", want)
		f.must(err)
		defer rows.Close()
		if !rows.Next() {
			f.Fatalf("no row: %v", rows.Err())
		}
		var n int64
		var yes bool
		var words string
		var when, local time.Time
		var raw []byte
		f.must(rows.Scan(&n, &yes, &words, &when, &raw, &local))
		if n != want || !yes || words != "it's $1" || !when.Equal(at) || !bytes.Equal(raw, []byte{0, 255}) || !local.Equal(instant(0)) {
			f.Errorf("read %d %t %q %s %x %s", n, yes, words, when, raw, local)
		}
		pn, pyes, pwords, pwhen, praw, plocal := &n, &yes, &words, &when, &raw, &local
		f.must(rows.Scan(&pn, &pyes, &pwords, &pwhen, &praw, &plocal))
		if pn == nil || *pn != want || pyes == nil || !*pyes || pwords == nil || pwhen == nil || !pwhen.Equal(at) || praw == nil {
			f.Errorf("read %v %v %v %v %v", pn, pyes, pwords, pwhen, praw)
		}
		if rows.Next() {
			f.Error("one row too many")
		}
		f.must(rows.Err())

		rows, err = db.Query(f.ctx, "SELECT n, yes, words, at, bytes FROM kinds WHERE n IS NULL")
		f.must(err)
		defer rows.Close()
		if !rows.Next() {
			f.Fatalf("no row: %v", rows.Err())
		}
		f.must(rows.Scan(&pn, &pyes, &pwords, &pwhen, &praw))
		if pn != nil || pyes != nil || pwords != nil || pwhen != nil || praw != nil {
			f.Errorf("NULL was read as %v %v %v %v %v", pn, pyes, pwords, pwhen, praw)
		}
		if rows.Scan(&n) == nil {
			f.Error("five columns fit into one target")
		}
	}
	for _, n := range []int64{least, 7} {
		read(f.db, n)
		f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error { read(tx, n); return nil }))
	}

	// $1 twice is the same argument twice.
	if n := f.exec("UPDATE kinds SET words = $1 WHERE words <> $1 AND n = $2", "new", least); n != 1 {
		f.Errorf("%d rows touched", n)
	}
}

// connCounts: Exec says how many rows it touched, and errors come out.
func connCounts(f *fixture) {
	f.exec("CREATE TABLE counted (id bigint PRIMARY KEY)")
	if n := f.exec("INSERT INTO counted (id) VALUES (1), (2), (3)"); n != 3 {
		f.Errorf("inserted %d", n)
	}
	if n := f.exec("DELETE FROM counted WHERE id > 1"); n != 2 {
		f.Errorf("deleted %d", n)
	}
	if n := f.exec("DELETE FROM counted WHERE id > 1"); n != 0 {
		f.Errorf("deleted %d", n)
	}
	if _, err := f.db.Exec(f.ctx, "DELETE FROM nowhere"); err == nil {
		f.Error("a statement on a table that does not exist succeeded")
	}
	if rows, err := f.db.Query(f.ctx, "SELECT * FROM nowhere"); err == nil {
		rows.Close()
		if rows.Err() == nil {
			f.Error("a query on a table that does not exist succeeded")
		}
	}
	f.must(f.db.InTx(f.ctx, func(tx ledger.Conn) error {
		n, err := tx.Exec(f.ctx, "UPDATE counted SET id = id + 10")
		if n != 1 {
			f.Errorf("updated %d", n)
		}
		return err
	}))
}

// clock: the database's clock goes, in UTC.
func clock(f *fixture) {
	a, err := f.db.Now(f.ctx)
	f.must(err)
	b, err := f.db.Now(f.ctx)
	f.must(err)
	if a.IsZero() || b.Before(a) || a.Location() != time.UTC {
		f.Errorf("the clock said %s, then %s", a, b)
	}
}

// migrate: the ledger's tables are made once; a second call changes nothing.
func migrate(f *fixture) {
	f.must(f.db.Migrate(f.ctx))
	f.must(f.db.Migrate(f.ctx))
	there, err := f.db.Exists(f.ctx, "ingestion_sync_history")
	f.must(err)
	if !there {
		f.Error("there is no history")
	}
}

// explain: errors are turned once, and nothing is made of nothing.
func explain(f *fixture) {
	if err := f.db.Explain(nil); err != nil {
		f.Errorf("nil became %v", err)
	}
	own := &crm.Error{Code: crm.CodeBusy, Message: "busy", Fix: "wait"}
	if err := f.db.Explain(own); !errors.Is(err, own) || err.Error() != own.Error() {
		f.Errorf("an error of ours became %v", err)
	}
	_, err := f.db.Exec(f.ctx, "SELECT FROM WHERE")
	f.wantError(f.db.Explain(err), crm.CodeWarehouse)

	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	_, err = f.db.Exec(ctx, "CREATE TABLE never (id bigint)")
	if !errors.Is(f.db.Explain(err), context.Canceled) {
		f.Errorf("a cancelled call said %v", err)
	}
}

// closeTwice: closing twice is once, and a closed driver says so.
func closeTwice(f *fixture) {
	table := f.open(leads())
	f.must(f.db.Close())
	f.must(f.db.Close())
	row := lead(1, "Ann", instant(0))
	if err := table.Known(f.ctx, []crm.Row{row}, make([]crm.Version, 1)); err == nil {
		f.Error("a lookup succeeded on a closed driver")
	}
	if err := f.db.InTx(f.ctx, func(ledger.Conn) error { return nil }); err == nil {
		f.Error("a transaction succeeded on a closed driver")
	}
}
