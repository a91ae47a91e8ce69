//go:build unix

package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the system user that the server runs as. The zero value is the
// user of this process.
type account struct{ credential *syscall.Credential }

// serverAccount returns who may run the server. PostgreSQL refuses root, so
// root steps down to the user of an installed server, or else to nobody.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		// Signed, for macOS writes nobody's number as -2.
		uid, uidErr := strconv.ParseInt(u.Uid, 10, 64)
		gid, gidErr := strconv.ParseInt(u.Gid, 10, 64)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return account{}, fmt.Errorf("pgtest: the numbers of user %s: %w", name, err)
		}
		return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return account{}, errors.New("pgtest: root may not run PostgreSQL, and there is no user postgres or nobody to run it: run the tests as another user")
}

// own gives dir to the account.
func (a account) own(dir string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid))
}

// attributes returns how a process of the account is started. It ends with
// this process where the system can see to that.
func (a account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Credential: a.credential}
	endWithParent(attr)
	return attr
}

// reaches reports, by an error, whether a directory above dir is closed to the
// account.
func (a account) reaches(dir string) error {
	if a.credential == nil {
		return nil
	}
	for parent := filepath.Dir(dir); parent != filepath.Dir(parent); parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("%s is closed to user number %d", parent, a.credential.Uid)
		}
	}
	return nil
}

// processGone reports whether no process of that number exists.
func processGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
