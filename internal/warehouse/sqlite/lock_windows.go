package sqlite

import (
	"errors"

	"golang.org/x/sys/windows"
)

// tryLock makes a file that nobody else can open, and that Windows takes away
// when it is closed, by this process or by its end.
func tryLock(file string) (unlock func(), busy bool, err error) {
	name, err := windows.UTF16PtrFromString(file + ".lock")
	if err != nil {
		return nil, false, err
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE, 0, nil,
		windows.CREATE_ALWAYS, windows.FILE_ATTRIBUTE_TEMPORARY|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, true, nil
	}
	return func() { _ = windows.CloseHandle(handle) }, false, err
}
