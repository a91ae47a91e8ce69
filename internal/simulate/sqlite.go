package simulate

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// file is the name of the database in a directory.
const file = "warren.db"

// Template makes a database with every table that a life needs, in an empty
// directory, and returns its bytes: to copy it is faster than to make it.
func Template(ctx context.Context, dir string, source crm.Source) ([]byte, error) {
	path := filepath.Join(dir, file)
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(ctx)
	for _, stream := range source.Streams {
		if err == nil {
			_, err = db.Table(ctx, stream, true)
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// SQLite returns what Options.Open wants: a database in a directory that is
// empty at first.
func SQLite(dir string, template []byte) func(context.Context, crm.Clock, bool) (warehouse.Driver, error) {
	path := filepath.Join(dir, file)
	return func(ctx context.Context, clock crm.Clock, tables bool) (warehouse.Driver, error) {
		if _, err := os.Stat(path); tables && errors.Is(err, fs.ErrNotExist) {
			if err := os.WriteFile(path, template, 0o600); err != nil {
				return nil, err
			}
		}
		db, err := sqlite.Open(ctx, path, sqlite.Options{Clock: clock})
		if err != nil {
			return nil, err
		}
		// Here the machine does not lose power, only processes die.
		if _, err := db.Exec(ctx, "PRAGMA synchronous = OFF"); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		return db, nil
	}
}
