package warehouse

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Driver is one database. It is safe for concurrent use.
type Driver interface {
	ledger.DB

	// Table returns the table of a stream, as it really is. With create it
	// first makes the table or adds the columns that it misses; it drops and
	// retypes nothing. Without, it changes nothing, and a table that does not
	// exist is one in which no record is known (L6).
	Table(ctx context.Context, stream crm.Stream, create bool) (Table, error)

	// Waits reports whether a transaction of InTx, which another goroutine is using,
	// waits for a lock that somebody else has.
	Waits(ctx context.Context, tx ledger.Conn) (bool, error)

	// Explain turns an error of the database into one that a person can act
	// on: *crm.Error with CodeWarehouseConn (Retryable: the connection is
	// gone), CodeWarehouseLock (Retryable: somebody else's lock is in the way,
	// and nothing was done), CodeRefusedValue (this data will never be taken),
	// CodeWarehouseFull, CodeReadOnly, CodeWarehouseRight, or CodeWarehouse.
	// An error that is already a *crm.Error, and nil, are returned as they are.
	Explain(err error) error

	// InTheWay adds to an error with CodeWarehouseLock which sessions may have the lock, as
	// far as anybody knows.
	InTheWay(ctx context.Context, locked crm.Error) crm.Error

	// Close lets go of all connections.
	Close() error
}

// ErrAlone is why a lane's Write has written nothing: the rows need the table for
// themselves.
var ErrAlone = errors.New("the rows cannot be written beside others")

// Table is the table of one stream. It is used by one goroutine at a time for
// Write, and by another for Known.
type Table interface {
	// Known looks up what the table has of the rows, by primary key, outside
	// any transaction: versions[i] belongs to rows[i], and both have the same
	// length.
	Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error

	// Fit reports what of the row's values the real columns cannot hold and
	// changes these values to NULL, or to the column's stand-in where it takes
	// no NULL: a text over a varchar's length, a number outside a numeric's
	// precision. Tables that Warren made hold everything. The issues carry
	// Field as the column's name.
	Fit(row *crm.Row) []crm.Issue

	// Lacks is what Table with create would add.
	Lacks() layout.Gap

	// Shape says in a few words what Fit finds too large, column by column; ""
	// when the columns hold everything. It is part of each row's fingerprint,
	// so that rows are written anew once a column has been widened.
	Shape() string

	// Empty reports whether the table holds no row, or does not exist.
	Empty(ctx context.Context) (bool, error)

	// Count returns how many rows are not marked as missing.
	Count(ctx context.Context) (int64, error)

	// Present calls each with every row that is not marked as missing, in any
	// order: its ID, as records have it, and its Key, which are good until each
	// returns. A mark is a run and a time: one that has lost either is none. A row
	// whose key no record could have is left out. It fails with CodeDeletesRefused
	// where the type of a key column makes different keys equal, for then an ID does
	// not tell which row it is.
	Present(ctx context.Context, each func(row crm.Row) error) error

	// Delete marks rows as missing, in tx, with the run and, unless the source
	// has said when it deleted them, the time; with hard it deletes them. Rows
	// need a Key only. Those that are not there, or are marked already, are left
	// as they are. It returns how many it touched.
	Delete(ctx context.Context, tx ledger.Conn, rows []crm.Row, run int64, hard bool) (int64, error)

	// Stage makes an empty table beside this one that takes the same rows, and
	// that nobody reads, in place of one that an earlier run may have left.
	Stage(ctx context.Context) (Table, error)

	// Take moves the rows of a stage into this table, in tx, each in the place of
	// the row with its key, and drops the stage; a nil stage has no rows, and one
	// that an earlier run left is dropped all the same. Rows that have no key, as
	// those of the old system may, are deleted. Rows that a unique constraint other
	// than the key's keeps out beside one of the table's are returned as rejects;
	// whatever else keeps one out is an error, as of Write.
	Take(ctx context.Context, tx ledger.Conn, stage Table) (Taken, error)

	// Lane returns the same table for another goroutine to Write to, in a transaction
	// beside those of this one, which write other rows. It reports false where that cannot
	// be, or where one of them might have to wait for the other. Where it turns out that
	// rows can only be written by themselves, its Write fails with ErrAlone.
	Lane() (Table, bool)

	// Compare reports what the table holds otherwise than Write would store it:
	// differences[i] is about rows[i], nil when nothing differs and when the
	// table does not have the row. What Warren keeps for itself is not compared,
	// but for the time of deletion, and that only in a row that is not marked as
	// missing: there it is a run's, and Known says that the row is wrong.
	Compare(ctx context.Context, rows []crm.Row, differences [][]crm.FieldDifference) error

	// Write inserts and updates rows in tx, which came from InTx of the same
	// driver. No two rows have the same primary key; each has Values. A row
	// that the table has with the same hash, or in a newer version (L9), is
	// left as it is and counted as unchanged, unless the table's row is marked
	// as missing or the new one is a Repair; what is written is not missing any
	// more. The counts are those of the database, not of the attempt (L2). Whatever keeps a row out is an error
	// of Write with CodeRefusedValue: a constraint or trigger that would act at
	// the commit, too late to tell which row it was, and a trigger that leaves
	// a row out without an error (L3). An error leaves tx unusable.
	Write(ctx context.Context, tx ledger.Conn, rows []crm.Row) (crm.Counts, error)

	// Unchanged returns the positions of the rows that the last Write counted as
	// unchanged, in any order: the table may have another version of them than was
	// given. One that another session brought to the very same version meanwhile may
	// be left out. The answer is for whoever called Write, and good until the next.
	Unchanged() []int
}
