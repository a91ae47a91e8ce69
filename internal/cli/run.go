package cli

import (
	"context"
	"io"
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
)

// World is all that a command sees of the outside.
type World struct {
	Program string   // as the user called it; "" is warren
	Args    []string // without the program's name
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Env     func(name string) (string, bool)
	Environ []string
	Dir     string // the working directory

	// Which of the three are terminals: someone is there to answer, colours
	// are understood, progress can be shown.
	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool
	StdoutWidth    int // characters in a line of that terminal; 0 where nobody knows

	Clock     crm.Clock // nil: the machine's
	Transport http.RoundTripper
	Version   string

	BoundMemory func(bytes int64) // has the collector keep what Warren allocates below that; nil for no bound
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
	if w.Clock == nil {
		w.Clock = crm.SystemClock{}
	}
	c := &command{World: w}
	root := c.root() //nolint:contextcheck // the context comes with ExecuteContext
	root.SetArgs(w.Args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		c.printError(err)
	}
	return exitCode(ctx, err)
}
