//go:build unix && !aix

package app

import "golang.org/x/sys/unix"

// mayWrite asks the system, which knows of rights, of groups and of file
// systems that are read-only.
func mayWrite(path string) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, unix.W_OK, unix.AT_EACCESS) == nil
}
