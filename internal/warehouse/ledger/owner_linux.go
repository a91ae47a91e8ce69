package ledger

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ThisProcess names the process that calls it. Host is the machine's name
// with boot id and process id namespace, so that a reboot or another container
// is another host; Process is the id with the start time in clock ticks.
func ThisProcess() Owner {
	pid := os.Getpid()
	process := strconv.Itoa(pid)
	if stat, ok := readStat(pid); ok {
		process += "@" + stat.start
	}
	return Owner{Host: thisHost(), Process: process}
}

// Alive reports whether the process still runs. known is false where that
// cannot be told from here: on another host, or under another user's cloak.
// Then only the end of the lease counts.
func Alive(o Owner) (alive, known bool) {
	host := thisHost()
	id, start, ok := strings.Cut(o.Process, "@")
	pid, err := strconv.Atoi(id)
	if o.Host != host || !strings.Contains(host, "#") || !ok || err != nil || pid <= 0 {
		return false, false
	}
	// /proc may hide the processes of others (hidepid); a signal's answer does
	// not lie about their existence.
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false, true
	}
	stat, ok := readStat(pid)
	if !ok {
		return false, false
	}
	return stat.start == start && !stat.dead, true
}

// thisHost has no "#" when the kernel does not say which boot this is; such a
// host is not told apart from its namesakes.
func thisHost() string {
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	name = strings.NewReplacer("/", "-", "#", "-").Replace(name)
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return name
	}
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return name
	}
	return name + "#" + string(bytes.TrimSpace(boot)) + ":" + strings.Trim(namespace, "pid:[]")
}

type processStat struct {
	start string // clock ticks after boot
	dead  bool   // ended, or on its way out: it runs no code of its own any more
}

// readStat reads /proc/<pid>/stat: the name stands in brackets and may hold
// anything, so the fields are counted after the last bracket, where the third
// field of proc(5), the state, is the first; the ninth holds the kernel's
// flags and the twenty-second the start time.
func readStat(pid int) (processStat, bool) {
	line, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return processStat{}, false
	}
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, ')')+1:]))
	const state, flags, start = 0, 6, 19
	if len(fields) <= start {
		return processStat{}, false
	}
	const exiting = 0x4 // PF_EXITING in the kernel's sched.h
	bits, err := strconv.ParseUint(fields[flags], 10, 64)
	if err != nil {
		return processStat{}, false
	}
	return processStat{start: fields[start], dead: bits&exiting != 0 || strings.ContainsAny(fields[state], "ZXx")}, true
}
