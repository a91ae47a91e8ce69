package app

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Exists reports whether there is a warehouse to look at. Only a SQLite file
// can be absent without that being a fault: the first sync makes it.
func (a *App) Exists() bool {
	if a.Config.Database.Driver != config.DriverSQLite {
		return true
	}
	_, err := os.Stat(a.Config.Database.Path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Look opens the warehouse for reading only and hands it to do. It reports
// whether there is one; where there is none, do is not called.
func (a *App) Look(ctx context.Context, do func(warehouse.Driver) error) (exists bool, err error) {
	if !a.Exists() {
		return false, nil
	}
	return true, a.use(ctx, ReadOnly, do)
}

// Change opens the warehouse for writing and hands it to do.
func (a *App) Change(ctx context.Context, do func(warehouse.Driver) error) error {
	return a.use(ctx, ReadWrite, do)
}

func (a *App) use(ctx context.Context, access Access, do func(warehouse.Driver) error) error {
	db, err := a.Warehouse(ctx, access)
	if err != nil {
		return err
	}
	if err = do(db); access == ReadOnly { // whoever writes waits for locks, and has told whose they are
		err = warehouse.Explained(ctx, db, err)
	}
	err = db.Explain(err)
	if closeErr := db.Close(); err == nil {
		err = db.Explain(closeErr)
	}
	return err
}
