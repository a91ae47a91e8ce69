package engine

import (
	"errors"

	"github.com/warren-sync/warren/internal/crm"
)

// Absent is what it means that the account does not offer a stream. One that was
// never synced is left out, and err stays as it is. One that was synced was offered
// then: that it is refused now is a failure with the code of its cause, or its table
// would grow old without a word (L3).
func Absent(err error, synced bool) error {
	e, is := errors.AsType[*crm.Error](err)
	if !is || e.Code != crm.CodeStreamAbsent || !synced {
		return err
	}
	failed := *e
	failed.Code = crm.CodeNotFound
	if cause, is := errors.AsType[*crm.Error](e.Err); is {
		failed.Code = cause.Code
	}
	failed.Message += ", though the stream was synced before"
	return &failed
}
