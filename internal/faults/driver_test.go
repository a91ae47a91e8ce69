package faults_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// ground is a database with one table, and a driver whose faults are planned
// after the table is there.
type ground struct {
	*faults.Driver

	real warehouse.Driver
	plan func(faults.Op) faults.Fault
	ops  []faults.Op
}

func open(t *testing.T) *ground {
	t.Helper()
	db, err := sqlite.Open(t.Context(), t.TempDir()+"/warren.db", sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	g := &ground{real: db}
	g.Driver = faults.Warehouse(db, func(op faults.Op) faults.Fault {
		g.ops = append(g.ops, op)
		if g.plan == nil {
			return faults.None
		}
		return g.plan(op)
	})
	if _, err := db.Exec(t.Context(), `CREATE TABLE note (text TEXT)`); err != nil {
		t.Fatal(err)
	}
	return g
}

// at plans one fault for one kind of operation.
func (g *ground) at(kind faults.Kind, fault faults.Fault) {
	g.plan = func(op faults.Op) faults.Fault {
		if op.Kind == kind {
			return fault
		}
		return faults.None
	}
}

// notes returns how many rows the table has, as the database itself says.
func (g *ground) notes(t *testing.T) int {
	t.Helper()
	rows, err := g.real.Query(t.Context(), `SELECT text FROM note`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n
}

const insert = `INSERT INTO note (text) VALUES ('x')`

func TestATransactionMeetsTheFaultThatWasPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		kind  faults.Kind
		fault faults.Fault
		want  error
		left  int // rows that stay
	}{
		"nothing":                      {faults.Commit, faults.None, nil, 1},
		"begin lost":                   {faults.Begin, faults.LoseBefore, faults.Lost, 0},
		"begin lost afterwards":        {faults.Begin, faults.LoseAfter, faults.Lost, 0},
		"begin refused":                {faults.Begin, faults.Refuse, faults.Refused, 0},
		"statement lost":               {faults.Exec, faults.LoseBefore, faults.Lost, 0},
		"statement lost afterwards":    {faults.Exec, faults.LoseAfter, faults.Lost, 0},
		"statement refused":            {faults.Exec, faults.Refuse, faults.Refused, 0},
		"query lost":                   {faults.Query, faults.LoseBefore, faults.Lost, 0},
		"commit lost before":           {faults.Commit, faults.LoseBefore, faults.Lost, 0},
		"commit of unknown outcome":    {faults.Commit, faults.LoseAfter, faults.Lost, 1},
		"commit refused":               {faults.Commit, faults.Refuse, faults.Refused, 0},
		"killed in the commit":         {faults.Commit, faults.Die, faults.Dead, 0},
		"killed in a statement":        {faults.Exec, faults.Die, faults.Dead, 0},
		"killed before it could begin": {faults.Begin, faults.Die, faults.Dead, 0},
	} {
		t.Run(name, func(t *testing.T) {
			g := open(t)
			g.at(c.kind, c.fault)
			err := g.InTx(t.Context(), func(tx ledger.Conn) error {
				if _, err := tx.Exec(t.Context(), insert); err != nil {
					return err
				}
				rows, err := tx.Query(t.Context(), `SELECT text FROM note`)
				if err != nil {
					return err
				}
				rows.Close()
				return nil
			})
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("the transaction says %v, want %v", err, c.want)
			}
			if n := g.notes(t); n != c.left {
				t.Errorf("%d rows stay, want %d", n, c.left)
			}
			if g.Killed() != (c.fault == faults.Die) {
				t.Errorf("killed: %v", g.Killed())
			}
		})
	}
}

// Who passes over an error must not get its transaction committed.
func TestABrokenTransactionIsNotCommittedEvenIfNobodyLooks(t *testing.T) {
	g := open(t)
	g.plan = func(op faults.Op) faults.Fault {
		if op.N == 3 {
			return faults.LoseBefore
		}
		return faults.None
	}
	var second, third error
	err := g.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := tx.Exec(t.Context(), insert); err != nil {
			return err
		}
		_, second = tx.Exec(t.Context(), insert)
		_, third = tx.Query(t.Context(), `SELECT 1`)
		return nil
	})
	if !errors.Is(err, faults.Lost) || !errors.Is(second, faults.Lost) || !errors.Is(third, faults.Lost) || g.notes(t) != 0 {
		t.Errorf("%v, %v, %v, %d rows", err, second, third, g.notes(t))
	}
}

func TestADeadProcessDoesNothingAnyMore(t *testing.T) {
	g := open(t)
	table, err := g.Table(t.Context(), stream(), true)
	if err != nil {
		t.Fatal(err)
	}
	asked := g.Ops()
	err = g.InTx(t.Context(), func(tx ledger.Conn) error {
		if _, err := tx.Exec(t.Context(), insert); err != nil {
			return err
		}
		g.Kill()
		_, err := tx.Exec(t.Context(), insert)
		return err
	})
	_, exec := g.Exec(t.Context(), insert)
	_, query := g.Query(t.Context(), `SELECT 1`)
	_, now := g.Now(t.Context())
	_, exists := g.Exists(t.Context(), "note")
	_, opened := g.Table(t.Context(), stream(), true)
	_, empty := table.Empty(t.Context())
	for what, err := range map[string]error{
		"transaction": err, "exec": exec, "query": query, "now": now, "exists": exists, "table": opened, "empty": empty,
		"migrate": g.Migrate(t.Context()), "known": table.Known(t.Context(), nil, nil),
	} {
		if !errors.Is(err, faults.Dead) {
			t.Errorf("%s of a dead process says %v", what, err)
		}
	}
	if n := g.notes(t); n != 0 {
		t.Errorf("the dead left %d rows", n)
	}
	if g.Ops() != asked+2 {
		t.Errorf("the plan was asked %d times about a dead process", g.Ops()-asked-2)
	}
}

func TestEachOperationIsAskedAboutOnceAndInOrder(t *testing.T) {
	g := open(t)
	ctx := t.Context()
	if err := g.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	table, err := g.Table(ctx, stream(), true)
	if err != nil {
		t.Fatal(err)
	}
	if empty, err := table.Empty(ctx); err != nil || !empty {
		t.Errorf("%v, %v", empty, err)
	}
	if now, err := g.Now(ctx); err != nil || now.IsZero() {
		t.Errorf("%v, %v", now, err)
	}
	if found, err := g.Exists(ctx, "note"); err != nil || !found {
		t.Errorf("%v, %v", found, err)
	}
	row := []crm.Row{{
		ID: "1", Key: []crm.Value{crm.IntegerValue(1)}, Hash: crm.Hash{1}, Raw: []byte(`{"id":1}`), Values: []crm.Value{crm.IntegerValue(1)},
	}}
	if err := g.InTx(ctx, func(tx ledger.Conn) error {
		counts, err := table.Write(ctx, tx, row)
		if counts.Created != 1 {
			t.Errorf("%+v", counts)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	versions := make([]crm.Version, 1)
	if err := table.Known(ctx, row, versions); err != nil || !versions[0].Known {
		t.Errorf("%v, %+v", err, versions)
	}
	differences, present := make([][]crm.FieldDifference, 1), 0
	if err := table.Compare(ctx, row, differences); err != nil || differences[0] != nil {
		t.Errorf("%v, %+v", err, differences)
	}
	if err := g.InTx(ctx, func(tx ledger.Conn) error {
		n, err := table.Delete(ctx, tx, row, 1, true)
		if n != 1 {
			t.Errorf("%d rows were deleted", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := table.Present(ctx, func(crm.Row) error { present++; return nil }); err != nil || present != 0 {
		t.Errorf("%d rows, %v", present, err)
	}
	var got []string
	for i, op := range g.ops {
		if op.N != int64(i)+1 {
			t.Errorf("operation %d has the number %d", i+1, op.N)
		}
		got = append(got, string(op.Kind))
	}
	const want = "migrate open look clock exists begin write commit look look begin write commit look"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("asked about %s, want %s", text, want)
	}
}

func TestAWriteOfATableFailsWithItsTransaction(t *testing.T) {
	g := open(t)
	table, err := g.Table(t.Context(), stream(), true)
	if err != nil {
		t.Fatal(err)
	}
	g.at(faults.Write, faults.LoseAfter)
	err = g.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, []crm.Row{{
			ID: "1", Key: []crm.Value{crm.IntegerValue(1)}, Raw: []byte(`{}`), Values: []crm.Value{crm.IntegerValue(1)},
		}})
		return err
	})
	if empty, _ := table.Empty(t.Context()); !errors.Is(err, faults.Lost) || !empty {
		t.Errorf("%v, empty: %v", err, empty)
	}
}

func TestATransactionOfAnotherDriverIsHandedOnAsItIs(t *testing.T) {
	g := open(t)
	table, err := g.Table(t.Context(), stream(), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.real.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := table.Write(t.Context(), tx, nil)
		_, deleting := table.Delete(t.Context(), tx, nil, 1, false)
		return errors.Join(err, deleting)
	}); err != nil {
		t.Error(err)
	}
}

func TestAnAnswerThatBreaksOffSaysSo(t *testing.T) {
	g := open(t)
	if _, err := g.real.Exec(t.Context(), insert); err != nil {
		t.Fatal(err)
	}
	g.at(faults.Query, faults.LoseAfter)
	rows, err := g.Query(t.Context(), `SELECT text FROM note`)
	if err != nil {
		t.Fatal(err)
	}
	if rows.Next() || !errors.Is(rows.Err(), faults.Lost) {
		t.Errorf("the rows end well: %v", rows.Err())
	}
	rows.Close()
	if _, err := g.Query(t.Context(), `SELECT nonsense FROM nowhere`); err == nil {
		t.Error("an error of the database itself is passed over")
	}
	g.at(faults.Query, faults.Refuse)
	if _, err := g.Query(t.Context(), `SELECT 1`); !errors.Is(err, faults.Refused) {
		t.Error(err)
	}
}

func TestAnErrorOfTheDatabaseItselfComesThrough(t *testing.T) {
	g := open(t)
	g.at(faults.Exec, faults.LoseAfter)
	_, alone := g.Exec(t.Context(), `nonsense`)
	inTx := g.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := tx.Exec(t.Context(), `nonsense`)
		return err
	})
	_, table := g.Table(t.Context(), crm.Stream{Name: "none", Table: "none"}, true)
	for what, err := range map[string]error{"exec": alone, "in a transaction": inTx, "table": table} {
		if err == nil || errors.Is(err, faults.Lost) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestExplain(t *testing.T) {
	g := open(t)
	for _, c := range []struct {
		err       error
		code      crm.Code
		retryable bool
	}{
		{faults.Lost, crm.CodeWarehouseConn, true},
		{faults.Refused, crm.CodeWarehouse, false},
		{faults.Dead, crm.CodeWarehouse, false},
		{context.Canceled, crm.CodeCancelled, false},
	} {
		err := g.Explain(c.err)
		var e *crm.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Retryable != c.retryable || e.Message == "" || e.Fix == "" || !errors.Is(err, c.err) {
			t.Errorf("%v becomes %+v", c.err, e)
		}
		if again := g.Explain(err); !errors.Is(again, err) {
			t.Errorf("explained twice: %v", again)
		}
	}
	if g.Explain(nil) != nil {
		t.Error("nothing has become an error")
	}
}

func TestFaultsHaveWords(t *testing.T) {
	seen := map[string]bool{}
	for f := faults.None; f <= faults.Die+1; f++ {
		if words := f.String(); words == "" || seen[words] {
			t.Errorf("fault %d is %q", f, words)
		} else {
			seen[words] = true
		}
	}
	for _, f := range []error{faults.Lost, faults.Refused, faults.Dead, faults.Reset, faults.NoLink} {
		if f.Error() == "" {
			t.Errorf("%#v has no words", f)
		}
	}
}

func stream() crm.Stream {
	return crm.Stream{Name: "things", Table: "thing", PrimaryKey: []string{"id"}, Fields: []crm.Field{
		{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
	}}
}

// still is a clock that stands, and counts what it is asked to wait.
type still struct{ waited time.Duration }

func (*still) Now() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

func (c *still) Wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.waited += d
	return nil
}

// What an operation waits for comes before the plan; who gives up waiting is
// not asked about.
func TestPaceComesBeforeThePlan(t *testing.T) {
	g := open(t)
	table, err := g.Table(t.Context(), stream(), true)
	if err != nil {
		t.Fatal(err)
	}
	var waits []faults.Kind
	enough := errors.New("enough")
	g.Pace(func(_ context.Context, op faults.Op) error {
		waits = append(waits, op.Kind)
		if op.N != 0 || int64(len(waits)) <= g.Ops()-1 {
			t.Errorf("%+v waits after it was asked about", op)
		}
		return nil
	})
	if err := g.InTx(t.Context(), func(tx ledger.Conn) error {
		_, err := tx.Exec(t.Context(), insert)
		return err
	}); err != nil || len(waits) != 3 || g.notes(t) != 1 {
		t.Errorf("%v, %v", waits, err)
	}
	asked, in, late := g.Ops(), false, map[string]error{}
	g.Pace(func(context.Context, faults.Op) error {
		if in {
			return nil
		}
		return enough
	})
	_, late["exec"] = g.Exec(t.Context(), insert)
	_, late["query"] = g.Query(t.Context(), `SELECT 1`)
	late["begin"] = g.InTx(t.Context(), func(ledger.Conn) error { return nil })
	late["known"] = table.Known(t.Context(), nil, nil)
	for what, inside := range map[string]func(tx ledger.Conn) error{
		"exec in a transaction":  func(tx ledger.Conn) error { _, err := tx.Exec(t.Context(), insert); return err },
		"query in a transaction": func(tx ledger.Conn) error { _, err := tx.Query(t.Context(), `SELECT 1`); return err },
		"commit":                 func(ledger.Conn) error { return nil },
	} {
		in = true
		late[what] = g.InTx(t.Context(), func(tx ledger.Conn) error { in = false; return inside(tx) })
		asked++ // about its beginning
	}
	for what, err := range late {
		if !errors.Is(err, enough) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if g.Ops() != asked || g.notes(t) != 1 {
		t.Errorf("%d operations were asked about that had not waited, %d rows", g.Ops()-asked, g.notes(t))
	}
}
