//go:build unix

package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// tryLock locks the directory that the database is in: no file of its own is
// needed, and to open the database itself would cost SQLite its locks on it. A
// directory that cannot be opened or locked, as on some network drives, is not;
// SQLite's own locks then decide.
func tryLock(file string) (unlock func(), busy bool) {
	directory, err := os.Open(filepath.Dir(file))
	if err != nil {
		return func() {}, false
	}
	// Closing the directory frees the lock, and has nothing to lose.
	unlock = func() { _ = directory.Close() }
	err = syscall.Flock(int(directory.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		unlock()
		return nil, true
	}
	return unlock, false
}
