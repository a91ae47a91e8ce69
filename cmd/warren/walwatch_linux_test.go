package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// logEvents are the moments that watchLog sees.
func logEvents() []event { return []event{logging, folding} }

// watchLog tells the bell of each write into SQLite's log and, when the log is
// folded, into its file. The kernel tells of equal writes in a row once. It
// ends with the test, or when stop is called.
func watchLog(t *testing.T, b *bell, file string) (stop func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := syscall.InotifyAddWatch(fd, filepath.Dir(file), syscall.IN_MODIFY); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 64<<10)
		for {
			n, err := events.Read(buf)
			if err != nil {
				return // closed
			}
			for at := 0; at+syscall.SizeofInotifyEvent <= n; {
				from := at + syscall.SizeofInotifyEvent
				at = from + int(binary.NativeEndian.Uint32(buf[at+12:]))
				switch string(bytes.TrimRight(buf[from:at], "\x00")) {
				case filepath.Base(file) + "-wal":
					b.ring(logging)
				case filepath.Base(file):
					b.ring(folding)
				}
			}
		}
	}()
	return func() {
		_ = events.Close()
		<-done
	}
}
