package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// diskSize holds what a life writes some times over.
const diskSize = 48 << 20

// disk is the directory at which a small disk is mounted.
type disk string

// mountDisk mounts a small disk for this test. Root mounts it. Anybody else has a process do so that is root in
// a world of its own, and reaches in through /proc. Where the system allows
// neither, as in some containers, there is none to be had, and the error says
// why.
func mountDisk(t *testing.T) (disk, error) {
	t.Helper()
	dir := t.TempDir()
	if os.Geteuid() == 0 {
		if err := mount(dir); err != nil {
			return "", err
		}
		// The user whom root has PostgreSQL run as comes by here.
		if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
			t.Error(err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Error(err)
			}
		})
		return disk(dir), nil
	}
	keeper := exec.CommandContext(t.Context(), os.Args[0])
	keeper.Env = append(os.Environ(), asDisk+"="+dir)
	keeper.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	hold, holdErr := keeper.StdinPipe()
	out, outErr := keeper.StdoutPipe()
	if err := errors.Join(holdErr, outErr); err != nil {
		return "", err
	}
	if err := keeper.Start(); err != nil {
		return "", err
	}
	t.Cleanup(func() {
		_ = hold.Close()
		_ = keeper.Wait() // how it ends does not matter: the disk goes with it
	})
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "mounted\n" {
		return "", fmt.Errorf("no disk was mounted: %s %w", said, err)
	}
	return disk(filepath.Join("/proc", strconv.Itoa(keeper.Process.Pid), "root", dir)), nil
}

// keepDisk is the process that holds a disk until its standard input ends.
func keepDisk() int {
	if err := mount(os.Getenv(asDisk)); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println("mounted")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

func mount(dir string) error {
	err := syscall.Mount("warren-test", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "size="+strconv.Itoa(diskSize))
	return os.NewSyscallError("mount", err)
}

// holds returns the databases that can be put on the disk. SQLite looks for
// the true name of its file, and that is hidden where the disk is only reached
// through /proc.
func (d disk) holds() []string {
	switch {
	case d == "":
		return nil
	case strings.HasPrefix(string(d), "/proc/"):
		return []string{inPostgres}
	}
	return []string{inSQLite, inPostgres}
}

// ballast is the file that fills the disk.
func (d disk) ballast() string { return filepath.Join(string(d), "ballast") }

// fill leaves so many bytes of the disk free, or fewer when somebody else
// writes meanwhile.
func (d disk) fill(leave int64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(string(d), &stat); err != nil {
		return err
	}
	free := int64(stat.Bavail) * stat.Bsize
	err := os.WriteFile(d.ballast(), make([]byte, max(0, free-leave)), 0o600)
	if errors.Is(err, syscall.ENOSPC) {
		return nil
	}
	return err
}

// clear makes room again.
func (d disk) clear() error { return os.Remove(d.ballast()) }

// giveTo gives a directory to the owner of another.
func giveTo(t *testing.T, dir, like string) {
	t.Helper()
	info, err := os.Stat(like)
	if err != nil {
		t.Fatal(err)
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
}
