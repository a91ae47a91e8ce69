package cli

import (
	"context"
	"errors"

	"github.com/warren-sync/warren/internal/crm"
)

// exitError is an error that was already shown, or that is none to show, with
// the exit code it stands for.
type exitError struct{ code int }

func (e exitError) Error() string { return "" }

// exitWith returns the error for an exit code; nil for ExitOK.
func exitWith(code int) error {
	if code == ExitOK {
		return nil
	}
	return exitError{code}
}

// exitCode returns the exit code for the way a command ended.
func exitCode(ctx context.Context, err error) int {
	var exit exitError
	var code int
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit):
		code = exit.code
	default:
		code = codeExit(known(err).Code)
	}
	if ctx.Err() != nil && code == ExitFailed {
		return ExitInterrupted // whatever broke, broke because of that
	}
	return code
}

func codeExit(code crm.Code) int {
	switch code {
	case crm.CodeUsage, crm.CodeConfig:
		return ExitUsage
	case crm.CodeBusy, crm.CodeLeaseLost:
		return ExitBusy
	case crm.CodeCancelled:
		return ExitInterrupted
	default:
		return ExitFailed
	}
}

// worse keeps the code that matters more to a script: an interruption before
// all, then a failure, then a busy stream, then a partial run.
func worse(a, b int) int {
	rank := map[int]int{ExitOK: 0, ExitPartial: 1, ExitBusy: 2, ExitFailed: 3, ExitUsage: 4, ExitInterrupted: 5}
	if rank[b] > rank[a] {
		return b
	}
	return a
}
