//go:build !unix

package pgtest

import "syscall"

// account is the system user that the server runs as.
type account struct{}

// serverAccount returns who may run the server: nobody, for pgtest stops
// servers by signals, which this system does not have.
func serverAccount() (account, error) { return account{}, errNoUnix }

func (account) own(string) error { return nil }

func (account) reaches(string) error { return nil }

func (account) attributes() *syscall.SysProcAttr { return nil }

// processGone reports whether no process of that number exists; here nobody
// can tell.
func processGone(int) bool { return false }
