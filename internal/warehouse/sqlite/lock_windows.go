package sqlite

import (
	"errors"

	"golang.org/x/sys/windows"
)

// tryLock makes a file that nobody else can open, and that Windows takes away
// when it is closed, by this process or by its end. Where no file can be made,
// SQLite's own locks decide.
func tryLock(file string) (unlock func(), busy bool) {
	name, err := windows.UTF16PtrFromString(file + ".lock")
	if err != nil {
		return func() {}, false
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil,
		windows.CREATE_ALWAYS, windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	switch {
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION), errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, true
	case err != nil:
		return func() {}, false
	}
	return func() { _ = windows.CloseHandle(handle) }, false
}
