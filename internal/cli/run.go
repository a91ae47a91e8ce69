package cli

import (
	"context"
	"io"
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
)

// World is all that a command sees of the outside.
type World struct {
	Args      []string // without the program's name
	Stdout    io.Writer
	Stderr    io.Writer
	Env       func(name string) (string, bool)
	Environ   []string
	Dir       string // the working directory
	Terminal  bool   // whether standard error is a terminal: progress and colours
	Clock     crm.Clock
	Transport http.RoundTripper
	Version   string
}

// The exit codes, which scripts rely on.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitPartial     = 3
	ExitBusy        = 4
	ExitInterrupted = 130
)

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, w World) int {
	c := &command{World: w}
	root := c.root()
	root.SetArgs(w.Args)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		c.printError(err)
	}
	return exitCode(err)
}
