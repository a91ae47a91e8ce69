package pgtest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestMakeDirFallsBackToTmp(t *testing.T) {
	runAs, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(openDir(t), strings.Repeat("x", maxDir))
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, parent := range []string{long, filepath.Join(openDir(t), "none")} {
		t.Setenv("TMPDIR", parent)
		dir, err := makeDir(runAs)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(dir) })
		if filepath.Dir(dir) != "/tmp" || len(dir) > maxDir {
			t.Errorf("with TMPDIR=%s the server goes to %s", parent, dir)
		}
		if left, _ := filepath.Glob(filepath.Join(parent, "*")); len(left) != 0 {
			t.Errorf("%v was left behind", left)
		}
	}
}

func TestRootDoesNotUseAClosedPlace(t *testing.T) {
	closed := openDir(t)
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	runAs, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	err = runAs.reaches(filepath.Join(closed, "server"))
	if stepsDown := os.Geteuid() == 0; stepsDown != (err != nil) {
		t.Errorf("running as user number %d: %v", os.Geteuid(), err)
	}
}

func TestSweepRemovesWhatTheDeadLeft(t *testing.T) {
	parent := openDir(t)
	t.Setenv("TMPDIR", parent)
	const beyond = 1 << 30 // no system counts its processes so far
	dead := filepath.Join(parent, dirPrefix+strconv.Itoa(beyond)+"-1")
	living := []string{
		filepath.Join(parent, dirPrefix+strconv.Itoa(os.Getpid())+"-1"),
		filepath.Join(parent, dirPrefix+"-1"),
		filepath.Join(parent, dirPrefix+"notes"),
		filepath.Join(parent, "data"),
	}
	for _, dir := range append(living, dead) {
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	if _, err := os.Stat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of a dead process is still there: %v", err)
	}
	for _, dir := range living {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestFreePortLiesBelowTheOutgoingOnes(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	if port < firstPort || port > lastPort {
		t.Errorf("got %d", port)
	}
}

// openDir returns a directory that every user may enter.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "warren-open-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
