package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// inspect returns the absolute name of the file at path, and says in plain
// words why it cannot be a database where SQLite would only say "unable to open
// database file". It opens nothing: a file that is opened and closed beside
// SQLite loses SQLite's locks on it.
func (d *Driver) inspect(path string) (string, error) {
	if path == "" || strings.Contains(path, ":memory:") || strings.ContainsRune(path, 0) {
		return "", cannotOpen(crm.CodeConfig, nil, "the name of the SQLite warehouse must be that of a file", "Set --database or DATABASE_URL to sqlite:///, followed by the path of a file.")
	}
	file, err := filepath.Abs(path)
	if err != nil {
		return "", cannotOpen(crm.CodeConfig, err, "the working directory cannot be found", "Give --database or DATABASE_URL an absolute path.")
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return "", cannotOpen(crm.CodeConfig, nil, path+" is a directory, not a database file", "Set --database or DATABASE_URL to the path of a file in it, such as "+filepath.Join(path, "warren.db")+".")
	case err == nil && !info.Mode().IsRegular():
		return "", cannotOpen(crm.CodeConfig, nil, path+" is not a file that can hold a database", "Set --database or DATABASE_URL to the path of an ordinary file.")
	case errors.Is(err, fs.ErrPermission):
		return "", d.forbidden()
	case errors.Is(err, fs.ErrNotExist):
		return file, d.inspectDirectory(filepath.Dir(file))
	case err != nil:
		return "", cannotOpen(crm.CodeWarehouseConn, err, "the database file "+path+" cannot be looked at", "Check the path in --database or DATABASE_URL.")
	}
	return file, nil
}

// inspectDirectory looks at where a file that does not exist would be made.
func (d *Driver) inspectDirectory(directory string) error {
	info, err := os.Stat(directory)
	switch {
	case d.readOnly:
		return nil // nothing will be made
	case errors.Is(err, fs.ErrPermission):
		return d.forbidden()
	case err != nil || !info.IsDir():
		return cannotOpen(crm.CodeWarehouseConn, err, "the directory of "+d.path+" does not exist", "Make it with mkdir -p "+directory+", or correct the path in --database or DATABASE_URL.")
	}
	return nil
}

func cannotOpen(code crm.Code, cause error, message, fix string) *crm.Error {
	origin := crm.OriginWarehouse
	if code == crm.CodeConfig {
		origin = crm.OriginConfig
	}
	return &crm.Error{Code: code, Origin: origin, Message: message, Fix: fix, Err: cause}
}
