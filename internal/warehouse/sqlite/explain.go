package sqlite

import (
	"context"
	"errors"

	engine "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/warren-sync/warren/internal/crm"
)

var errNotSQLite = errors.New("the connection is not one of SQLite's")

// Explain turns an error of the database into one that a person can act on. An
// error that is already a *crm.Error, and nil, are returned as they are.
func (d *Driver) Explain(err error) error {
	var known *crm.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if cancelled(err) {
		return &crm.Error{Code: crm.CodeCancelled, Origin: crm.OriginWarren, Message: "the work on the warehouse was interrupted",
			Fix: "Run again: the sync goes on where it stopped.", Err: err}
	}
	e := d.explainCode(extendedCode(err))
	e.Err = err
	return e
}

// explainCode explains a result code (https://www.sqlite.org/rescode.html).
func (d *Driver) explainCode(code int) *crm.Error {
	e := &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse}
	switch code {
	case sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE:
		// SQLite says full for ENOSPC only: a quota (EDQUOT) and a limit on the
		// size of a file (EFBIG) come as this, and the number of the error is
		// not to be had.
		e.Code = crm.CodeWarehouseFull
		e.Message = "the file system takes no more of " + d.path + ": a quota or the limit on the size of a file is reached, or the disk fails"
		e.Fix = "Make room or raise the limit (quota, ulimit -f), then run again: the sync goes on where it stopped. If there is room, check the disk and the system's log."
		return e
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL:
		e.Code = crm.CodeWarehouseFull
		e.Message = "the disk that holds " + d.path + " is full"
		e.Fix = "Free space there, then run again: the sync goes on where it stopped."
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		e.Code, e.Retryable = crm.CodeWarehouseLock, true
		e.Message = "another program holds a write lock on " + d.path
		e.Fix = "Close the program that has the database open, such as a database browser with changes it has not saved, then run again."
	case sqlite3.SQLITE_READONLY:
		return d.explainReadOnly(code)
	case sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return d.forbidden()
	case sqlite3.SQLITE_CANTOPEN:
		e.Code = crm.CodeWarehouseRight
		e.Message = "SQLite cannot open " + d.path + ", or not make the log beside it"
		e.Fix = "Give this user the right to read and write the file and its directory."
	case sqlite3.SQLITE_NOTADB:
		e.Message = d.path + " is not a SQLite database"
		e.Fix = "Set --database or DATABASE_URL to the path of a SQLite database, or of a file that does not exist yet."
	case sqlite3.SQLITE_CORRUPT:
		e.Message = "the database " + d.path + " is damaged"
		e.Fix = "Restore it from a backup with warren restore; sqlite3's .recover saves what can still be read."
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG:
		e.Code = crm.CodeRefusedValue
		e.Message = "SQLite refuses the record"
		e.Fix = "Mend the record at the source or the table in the database, then replay the quarantine."
	case sqlite3.SQLITE_IOERR:
		e.Message = "the disk failed while Warren used " + d.path
		e.Fix = "Check the disk and the system's log; a database belongs on a local disk."
	case sqlite3.SQLITE_NOMEM:
		e.Message = "there was no memory left for SQLite"
		e.Fix = "Run again with a smaller --batch-size."
	case sqlite3.SQLITE_SCHEMA:
		e.Retryable = true
		e.Message = "a table changed while it was being used"
		e.Fix = "Run again."
	default:
		e.Message = "SQLite reported an error on " + d.path
		e.Fix = "If the message names a table or column, check that nobody changed it; else report this as a fault of Warren."
	}
	return e
}

func (d *Driver) explainReadOnly(code int) *crm.Error {
	switch {
	case d.readOnly:
		return d.readOnlyError()
	case code == sqlite3.SQLITE_READONLY_DBMOVED:
		return &crm.Error{Code: crm.CodeReadOnly, Origin: crm.OriginWarehouse,
			Message: "the database " + d.path + " was moved or deleted while it was in use",
			Fix:     "Put it back, or run again to begin a new one."}
	default:
		return &crm.Error{Code: crm.CodeReadOnly, Origin: crm.OriginWarehouse,
			Message: "the database " + d.path + " cannot be written",
			Fix:     "Give this user the right to write the file and its directory."}
	}
}

func (d *Driver) readOnlyError() *crm.Error {
	return &crm.Error{Code: crm.CodeReadOnly, Origin: crm.OriginWarren,
		Message: "the warehouse was opened for reading only",
		Fix:     "Run without --dry-run."}
}

func (d *Driver) forbidden() *crm.Error {
	return &crm.Error{Code: crm.CodeWarehouseRight, Origin: crm.OriginWarehouse,
		Message: "this user has no right to use the database " + d.path,
		Fix:     "Give it the right to read and write the file and its directory."}
}

func cancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// extendedCode returns SQLite's extended result code; 0 for an error that is
// none of SQLite's, and for nil.
func extendedCode(err error) int {
	var e *engine.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// primaryCode returns the class of SQLite's result code.
func primaryCode(err error) int { return extendedCode(err) & 0xff }
