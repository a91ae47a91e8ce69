package cli

import (
	"errors"

	"github.com/warren-sync/warren/internal/crm"
)

// exitError is an error that was already shown, or that is none to show, with
// the exit code it stands for.
type exitError struct{ code int }

func (e exitError) Error() string { return "" }

// exitCode returns the exit code for the way a command ended.
func exitCode(err error) int {
	var exit exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit):
		return exit.code
	}
	var e *crm.Error
	if !errors.As(err, &e) {
		return ExitUsage // cobra's own errors: unknown flags, wrong arguments
	}
	return codeExit(e.Code)
}

func codeExit(code crm.Code) int {
	switch code {
	case crm.CodeUsage, crm.CodeConfig:
		return ExitUsage
	case crm.CodeBusy:
		return ExitBusy
	case crm.CodeCancelled:
		return ExitInterrupted
	default:
		return ExitFailed
	}
}
