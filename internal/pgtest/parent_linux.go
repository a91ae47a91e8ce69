package pgtest

import "syscall"

// endWithParent has the kernel stop the process at once when the one that
// started it dies, however it dies: a killed test leaves no server behind.
//
// The kernel watches the thread that started it. Go ends a thread early only
// when a goroutine returns that called runtime.LockOSThread and never
// unlocked it; a test that does so should not be the first to ask for a
// server.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
