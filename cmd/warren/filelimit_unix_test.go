//go:build unix

package main

import (
	"strconv"
	"syscall"
)

// fileLimit tells a warren how many bytes each file that it writes may have:
// the quota that every user of every system can set.
const fileLimit = "WARREN_TEST_FILE_LIMIT"

// limitFiles sets the limit. Go sets the kernel's signal aside, so that a write
// beyond the limit is refused.
func limitFiles(limit string) error {
	if limit == "" {
		return nil
	}
	n, err := strconv.ParseUint(limit, 10, 63)
	if err != nil {
		return err
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}
