//go:build !linux

package ledger

import (
	"os"
	"strconv"
	"strings"
)

// ThisProcess names the process that calls it, by the machine's name and the
// process id.
func ThisProcess() Owner {
	name, err := os.Hostname()
	if err != nil {
		name = "localhost"
	}
	return Owner{Host: strings.NewReplacer("/", "-", "#", "-").Replace(name), Process: strconv.Itoa(os.Getpid())}
}

// Alive cannot tell on this system: names of machines are not unique. Only
// the end of the lease counts.
func Alive(Owner) (alive, known bool) { return false, false }
