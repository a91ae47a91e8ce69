//go:build unix && !linux

package pgtest

import "syscall"

// endWithParent does nothing where the kernel offers nothing. A server whose
// test was killed stops by itself within a minute of the next run's sweep,
// for it looks for its directory that often.
func endWithParent(*syscall.SysProcAttr) {}
