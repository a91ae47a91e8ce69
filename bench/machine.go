package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// describe says on what was measured, one fact a line.
func describe(ctx context.Context, b *bench) []string {
	facts := []string{
		"machine: " + runtime.GOOS + "/" + runtime.GOARCH + ", " + strconv.Itoa(runtime.NumCPU()) + " CPUs " + processorName() + ", load before the start " + load(),
		"Go: " + runtime.Version(),
	}
	if version, err := exec.CommandContext(ctx, "curl", "--version").Output(); err == nil {
		first, _, _ := strings.Cut(string(version), "\n")
		words := strings.Fields(first)
		facts = append(facts, strings.Join(words[:min(2, len(words))], " "))
	}
	if b.server != nil {
		if version, err := adminOf(b.server).ask(ctx, "SHOW server_version"); err == nil {
			facts = append(facts, "PostgreSQL "+version+", settings as they come")
		}
	}
	return facts
}

func processorName() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// load returns how many processes wanted to run during the last minute.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// ownPeak returns the greatest resident set of this program so far, in bytes;
// 0 where the system does not show it as a file. Unlike what the system says
// of a process that has ended, it leaves out whoever started the program.
func ownPeak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return int64(count(kib)) << 10
}
