//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak returns the greatest resident set that the process had, in bytes.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	size := int64(usage.Maxrss) //nolint:unconvert // where the system has 32 bits, so has this
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return size
	}
	return size << 10 // in KiB everywhere else
}
