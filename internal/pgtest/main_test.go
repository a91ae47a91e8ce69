package pgtest

import (
	"fmt"
	"os"
	"testing"
)

// childVariable turns the test binary into a process that owns a server and
// waits to be killed.
const childVariable = "PGTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		Main(m)
	}
	server, err := Open()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_, _ = fmt.Fprintf(os.Stdout, "%s\n%s\n", server.dir, server.URL("postgres"))
	select {}
}
