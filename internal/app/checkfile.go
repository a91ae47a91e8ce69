package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// checkFile asks the system whether a SQLite file could be written. To try it
// would leave something behind: the file, or the database's journal.
func (a *App) checkFile(ctx context.Context, subject string, targets []Target) []Finding {
	path := a.Config.Database.Path
	dir := filepath.Dir(path)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, dirErr := os.Stat(dir); dirErr != nil {
			return []Finding{{Subject: subject, Err: fileError(crm.CodeWarehouseConn, "there is no directory "+dir,
				"Make it (mkdir -p), or name another file with --database or DATABASE_URL.")}}
		}
		return []Finding{{Subject: subject, Good: "does not exist yet; the first sync makes it", Err: mayWriteIn(dir)}}
	case err == nil && info.IsDir():
		return []Finding{{Subject: subject, Err: fileError(crm.CodeWarehouseConn, path+" is a directory",
			"Name a file in it with --database or DATABASE_URL.")}}
	}
	var lost []Finding
	_, err = a.Look(ctx, func(db warehouse.Driver) error {
		err := readable(ctx, db, targets)
		if err == nil {
			lost, err = lostColumns(ctx, db, targets)
		}
		return err
	})
	read := Finding{Subject: subject, Good: "can be opened and read", Err: err}
	if err != nil {
		return []Finding{read}
	}
	return append([]Finding{read, {Subject: subject, Good: "can be written", Err: mayWriteFile(path, dir)}}, lost...)
}

func mayWriteFile(path, dir string) error {
	if !mayWrite(path) {
		return fileError(crm.CodeReadOnly, "this user may not write the file "+path,
			"Give the user that runs Warren the right to write it, or name another file with --database or DATABASE_URL.")
	}
	return mayWriteIn(dir)
}

// mayWriteIn: SQLite keeps its journal in a file beside the database.
func mayWriteIn(dir string) error {
	if !mayWrite(dir) {
		return fileError(crm.CodeReadOnly, "this user may not make files in the directory "+dir,
			"Give the user that runs Warren the right to, or name a file elsewhere with --database or DATABASE_URL.")
	}
	return nil
}

func fileError(code crm.Code, message, fix string) error {
	return &crm.Error{Code: code, Origin: crm.OriginWarehouse, Message: message, Fix: fix}
}
