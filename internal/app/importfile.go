package app

import (
	"context"
	"fmt"
	"slices"

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
	file := &csvfile.File{Path: path, Name: path}
	if err := file.Check(ctx, t.Stream); err != nil {
		return r, err
	}
	if err := a.fits(t, file); err != nil {
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

// fits refuses a file that looks like one of another stream of the account: most of what
// its first row names is that one's.
func (a *App) fits(t Target, file *csvfile.File) error {
	names, err := file.Names()
	if err != nil {
		return err
	}
	own := known(t.Stream, names)
	for _, other := range t.Account.Streams {
		if other.FromFile && known(other, names) > 2*own {
			return &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig,
				Message: fmt.Sprintf("%s looks like a file of %s: %s has only %d of the %d columns that its first row names", file.Name, other.Name, t.Stream.Name, own, len(names)),
				Fix:     "Run warren import " + t.Account.Name + " " + other.Name + " with it, or give the file of " + t.Stream.Name + ".",
			}
		}
	}
	return nil
}

// known counts the names that fields of the stream take.
func known(stream crm.Stream, names []string) (n int) {
	for _, name := range names {
		if slices.ContainsFunc(stream.Fields, func(f crm.Field) bool { return slices.Contains(f.Paths, name) }) {
			n++
		}
	}
	return n
}
