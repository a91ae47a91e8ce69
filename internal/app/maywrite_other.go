//go:build !unix || aix

package app

import "os"

// mayWrite goes by the read-only mark.
func mayWrite(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o200 != 0
}
