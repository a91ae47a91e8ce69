package pgtest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestKilledTestLeavesNoServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stderr = os.Stderr
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	dir := lines.Text()
	lines.Scan()
	conn := connect(t, lines.Text())

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed: there is no other way for it to end

	wait, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	if _, err := conn.WaitForNotification(wait); err == nil || wait.Err() != nil {
		t.Error("the server outlived the process that started it")
	}
	sweep()
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the next run did not remove %s: %v", dir, err)
	}
}
