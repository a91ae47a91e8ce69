package app

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// How often a run that waits for its stream asks for it, and tells that it
// still waits.
const (
	askEvery  = 2 * time.Second
	tellEvery = time.Minute
)

// whenFree does the run, and where another one has the stream, waits for it for
// as long as the user allows (L7). The end of ctx ends the wait.
func (a *App) whenFree(ctx context.Context, db warehouse.Driver, id crm.StreamID, o Options, do func() (crm.Run, error)) (crm.Run, error) {
	begun := a.Clock.Now()
	var told time.Time
	for {
		run, err := do()
		if crm.CodeOf(err) != crm.CodeBusy {
			return run, err
		}
		now := a.Clock.Now()
		left := o.Wait - now.Sub(begun)
		if left <= 0 {
			return run, a.taken(ctx, db, id, o, err)
		}
		if told.IsZero() || now.Sub(told) >= tellEvery {
			told = now
			a.Observe(crm.Notice{ID: id, Message: fmt.Sprintf("waiting, at most %s more: %s", left.Round(time.Second), a.whoHas(ctx, db, id, err))})
		}
		if a.Clock.Wait(ctx, min(left, askEvery)) != nil {
			run.Status, run.End = crm.StatusCancelled, a.Clock.Now()
			return run, &crm.Error{
				Code: crm.CodeCancelled, Origin: crm.OriginWarren, Message: "the wait for another run of " + id.String() + " to end was interrupted",
				Fix: "run the same command again",
			}
		}
	}
}
