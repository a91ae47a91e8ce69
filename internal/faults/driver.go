package faults

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Driver is a warehouse whose operations fail as planned.
type Driver struct {
	warehouse.Driver

	mu   sync.Mutex // the plan is asked about one operation at a time
	plan func(Op) Fault
	pace func(context.Context, Op) error
	ops  int64
	dead atomic.Bool
}

// Warehouse wraps a driver. plan is asked before each operation that reaches
// the database, by one goroutine at a time, and must not use the driver.
func Warehouse(d warehouse.Driver, plan func(Op) Fault) *Driver {
	return &Driver{Driver: d, plan: plan, pace: func(context.Context, Op) error { return nil }}
}

// Pace lets wait be called before each operation, and before the plan is asked
// about it, so that operations can be given a duration. Op has no number yet;
// several goroutines may be waiting at once. An error of wait is the
// operation's. Pace is called before the driver is used.
func (d *Driver) Pace(wait func(context.Context, Op) error) { d.pace = wait }

// Kill lets every operation fail from here on, as Die does: a transaction that
// is open is rolled back.
func (d *Driver) Kill() { d.dead.Store(true) }

// Killed reports whether the process was killed.
func (d *Driver) Killed() bool { return d.dead.Load() }

// Ops returns how many operations the plan was asked about.
func (d *Driver) Ops() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// ask returns the fault of an operation. The dead are not asked, and do not
// wait.
func (d *Driver) ask(ctx context.Context, op Op) (Fault, error) {
	if !d.dead.Load() {
		if err := d.pace(ctx, op); err != nil {
			return None, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead.Load() {
		return Die, nil
	}
	d.ops++
	op.N = d.ops
	fault := d.plan(op)
	if fault == Die {
		d.dead.Store(true)
	}
	return fault, nil
}

// around lets an operation happen, or not, as planned.
func (d *Driver) around(ctx context.Context, op Op, do func() error) error {
	fault, err := d.ask(ctx, op)
	if err != nil {
		return err
	}
	switch fault {
	case None:
		return do()
	case LoseAfter:
		if err := do(); err != nil {
			return err
		}
		return Lost
	case LoseBefore:
		return Lost
	case Refuse:
		return Refused
	default:
		return Dead
	}
}

// Exec runs a statement on its own.
func (d *Driver) Exec(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = d.around(ctx, Op{Kind: Exec, Text: query}, func() error {
		n, err = d.Driver.Exec(ctx, query, args...)
		return err
	})
	return n, err
}

// Query runs a query on its own. Where the answer is lost, the rows tell.
func (d *Driver) Query(ctx context.Context, query string, args ...any) (ledger.Rows, error) {
	fault, err := d.ask(ctx, Op{Kind: Query, Text: query})
	if err != nil {
		return nil, err
	}
	return d.query(fault, func() (ledger.Rows, error) { return d.Driver.Query(ctx, query, args...) })
}

func (d *Driver) query(fault Fault, do func() (ledger.Rows, error)) (ledger.Rows, error) {
	switch fault {
	case None:
		return do()
	case LoseAfter:
		rows, err := do()
		if err != nil {
			return nil, err
		}
		return cutRows{rows}, nil
	case LoseBefore:
		return nil, Lost
	case Refuse:
		return nil, Refused
	default:
		return nil, Dead
	}
}

// cutRows is an answer that breaks off before its first row.
type cutRows struct{ ledger.Rows }

func (cutRows) Next() bool { return false }
func (cutRows) Err() error { return Lost }

// Now asks the database for its time.
func (d *Driver) Now(ctx context.Context) (now time.Time, err error) {
	err = d.around(ctx, Op{Kind: Clock}, func() error {
		now, err = d.Driver.Now(ctx)
		return err
	})
	return now, err
}

// Exists asks for a table.
func (d *Driver) Exists(ctx context.Context, table string) (found bool, err error) {
	err = d.around(ctx, Op{Kind: Exists, Text: table}, func() error {
		found, err = d.Driver.Exists(ctx, table)
		return err
	})
	return found, err
}

// Migrate brings the ledger's tables up to date.
func (d *Driver) Migrate(ctx context.Context) error {
	return d.around(ctx, Op{Kind: Migrate}, func() error { return d.Driver.Migrate(ctx) })
}

// Table opens the table of a stream; its operations are planned, too.
func (d *Driver) Table(ctx context.Context, stream crm.Stream, create bool) (t warehouse.Table, err error) {
	err = d.around(ctx, Op{Kind: Open, Text: stream.Table}, func() error {
		t, err = d.Driver.Table(ctx, stream, create)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &table{Table: t, driver: d, name: stream.Table}, nil
}

// Explain makes a *crm.Error of a Failure; the rest is the real driver's.
func (d *Driver) Explain(err error) error {
	var failure Failure
	var known *crm.Error
	if errors.As(err, &known) || !errors.As(err, &failure) {
		return d.Driver.Explain(err)
	}
	e := &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse, Err: err}
	switch failure {
	case Lost:
		e.Code, e.Retryable = crm.CodeWarehouseConn, true
		e.Message, e.Fix = "the warehouse cannot be reached", "Run again: the sync goes on where it stopped."
	case Refused:
		e.Message, e.Fix = "the warehouse failed", "Look at the log of the database."
	default:
		e.Message, e.Fix = "the process is no more", "Run again: the sync goes on where it stopped."
	}
	return e
}
