package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// asNobody runs do on a thread that has no rights of root on files. The thread
// gets them back and lives on: the database server of the tests may be its
// child, and would end with it.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	const root, nobody = 0, 65534
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if os.Geteuid() == root {
		if err := syscall.Setfsuid(nobody); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := syscall.Setfsuid(root); err != nil {
				t.Error(err)
			}
		}()
	}
	do()
}

func TestReadOnlyDatabase(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	file := filepath.Join(d.world.Dir, "here.db")
	for _, path := range []string{filepath.Dir(d.world.Dir), d.world.Dir} {
		chmod(t, path, 0o755)
	}
	chmod(t, file, 0o444)
	chmod(t, d.world.Dir, 0o555)
	t.Cleanup(func() { chmod(t, d.world.Dir, 0o755) })
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"sync", "salesrabbit", "leads"}, []string{"warehouse_read_only", "Fix:"}},
		{[]string{"check", "salesrabbit", "leads"}, []string{"can be opened and read", "this user may not write the file " + file, "warehouse_read_only"}},
		{[]string{"migrate"}, []string{"warehouse_read_only"}},
		{[]string{"verify", "salesrabbit", "leads", "--repair"}, []string{"warehouse_read_only", "Fix:"}},
	} {
		asNobody(t, func() { d.run(c.args...) })
		d.exits(cli.ExitFailed).has("output or errors", d.out.String()+d.err.String(), c.says)
	}
	asNobody(t, func() { d.run("history") })
	d.exits(cli.ExitOK).says("success")
	asNobody(t, func() { d.run("verify", "salesrabbit", "leads") })
	d.exits(cli.ExitOK).says("salesrabbit leads is as the source has it.")
	chmod(t, d.world.Dir, 0o755)
	chmod(t, file, 0o644)
}

func TestReadOnlyDirectory(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 10, Seed: 1})
	chmod(t, filepath.Dir(d.world.Dir), 0o755)
	chmod(t, d.world.Dir, 0o555)
	t.Cleanup(func() { chmod(t, d.world.Dir, 0o755) })
	asNobody(t, func() { d.run("check", "salesrabbit", "leads") })
	d.exits(cli.ExitFailed).says("this user may not make files in the directory "+d.world.Dir, "warehouse_read_only")
	asNobody(t, func() { d.run("sync", "salesrabbit", "leads") })
	d.exits(cli.ExitFailed).warns("Fix:")
}
