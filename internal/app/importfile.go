package app

import (
	"context"
	"path/filepath"

	"github.com/warren-sync/warren/internal/client/csvfile"
	"github.com/warren-sync/warren/internal/crm"
)

// Import writes the rows of a file into the table of a stream, as a run like any
// other: validated, counted, in the history. Only where complete says that the file
// lists all there is are rows that it lacks dealt with as deleted.
func (a *App) Import(ctx context.Context, sel Selection, path string, complete bool, o Options) (Result, error) {
	sel.Files = true
	targets, err := a.Select(sel)
	if err != nil {
		return Result{}, err
	}
	t := targets[0]
	r := Result{ID: t.ID()}
	if !t.Stream.FromFile {
		return r, &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig,
			Message: t.Stream.Name + " of " + t.Account.Name + " is not imported from a file",
			Fix:     "Run warren sync " + t.ID().String() + ".",
		}
	}
	file := &csvfile.File{Path: path, Name: filepath.Base(path)}
	if err := file.Check(ctx, t.Stream); err != nil {
		return r, err
	}
	access := ReadWrite
	if o.DryRun {
		access = ReadOnly
	}
	db, err := a.Warehouse(ctx, access)
	if err != nil {
		return r, err
	}
	o.Full, o.Additive = true, !complete
	r.Run, r.Err = a.describedRun(ctx, db, t, nil, file, o)
	return r, db.Close()
}
