// Command warren keeps a warehouse in step with CRMs. All it does is to give
// the command line its view of the world.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/vbauerster/mpb/v8/cwriter"

	"github.com/warren-sync/warren/internal/cli"
)

// version is set by the build: make build.
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	// The first signal ends the run in good order, a second one at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error: the working directory cannot be read:", err)
		return cli.ExitFailed
	}
	return cli.Run(ctx, cli.World{
		Program: os.Args[0], Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.LookupEnv, Environ: os.Environ(), Dir: dir,
		StdinTerminal: isTerminal(os.Stdin), StdoutTerminal: isTerminal(os.Stdout), StderrTerminal: isTerminal(os.Stderr),
		StdoutWidth: widthOf(os.Stdout), Transport: http.DefaultTransport, Version: version, BoundMemory: boundMemory,
	})
}

// boundMemory has the collector work harder before it lets the process grow, and less
// often below the bound: as often as Go would by itself costs a short run an eighth of its
// time. GOMEMLIMIT and GOGC of the environment come before this.
func boundMemory(bytes int64) {
	const growth = 400 // in percent of what is in use
	if _, set := os.LookupEnv("GOMEMLIMIT"); set {
		return
	}
	debug.SetMemoryLimit(bytes)
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(growth)
	}
}

// widthOf returns how many characters a line of the terminal has; 0 where that
// is not known.
func widthOf(f *os.File) int {
	width, _, err := cwriter.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

func isTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }
