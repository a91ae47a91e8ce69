package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which /proc counts CPU time.
const tick = time.Second / 100

// Positions in /proc/PID/stat, counted from 0.
const (
	statPID          = 0
	statParent       = 3
	statUser         = 13 // followed by system time
	statEndedUser    = 15 // of children that have ended; followed by their system time
	statFieldsNeeded = 17
)

// serverTime returns the CPU time that a database server has used so far: its
// first process, of the number given, with the children that have ended, and
// those that live. It is 0 where the system does not show processes as files.
func serverTime(postmaster string) time.Duration {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	ticks := 0
	for _, file := range files {
		fields := statFields(file)
		switch {
		case fields == nil: // it has ended meanwhile
		case fields[statPID] == postmaster:
			ticks += count(fields[statEndedUser]) + count(fields[statEndedUser+1])
			fallthrough
		case fields[statParent] == postmaster:
			ticks += count(fields[statUser]) + count(fields[statUser+1])
		}
	}
	return time.Duration(ticks) * tick
}

// processTime returns the CPU time of a process that lives.
func processTime(pid int) time.Duration {
	fields := statFields(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if fields == nil {
		return 0
	}
	return time.Duration(count(fields[statUser])+count(fields[statUser+1])) * tick
}

// machineTime returns the CPU time of everything that ran since the machine
// started, other machines on the same hardware included.
func machineTime() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	ticks := 0
	for i, field := range strings.Fields(first) {
		// cpu user nice system idle iowait irq softirq steal guest …
		if i >= 1 && i <= 8 && i != 4 && i != 5 {
			ticks += count(field)
		}
	}
	return time.Duration(ticks) * tick
}

// share returns what part of all CPUs a CPU time is during a wall time.
func share(cpu, wall time.Duration) float64 {
	return max(0, cpu.Seconds()/(wall.Seconds()*float64(runtime.NumCPU())))
}

// statFields takes a file /proc/PID/stat apart; nil when it is none.
func statFields(file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	return splitStat(string(text))
}

// splitStat splits at blanks, but for the second field, a name in parentheses
// that may hold anything.
func splitStat(text string) []string {
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return nil
	}
	fields := append([]string{strings.TrimSpace(text[:open]), text[open+1 : end]}, strings.Fields(text[end+1:])...)
	if len(fields) < statFieldsNeeded {
		return nil
	}
	return fields
}

func count(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
