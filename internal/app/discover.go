package app

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// Discovered is a stream with the fields that its account adds, as a first sync would
// find it.
type Discovered struct {
	Stream crm.Stream
	Err    error // why these are not known, and the stream is as its source declares it
}

// Discover asks an account for what it adds to streams of its own. It asks nothing of
// a source that cannot tell, and no more of one that cannot be reached.
func (a *App) Discover(ctx context.Context, account config.Account, streams []crm.Stream) []Discovered {
	found := make([]Discovered, len(streams))
	for i, s := range streams {
		found[i].Stream = s
	}
	if !account.Source.Describes || len(streams) == 0 {
		return found
	}
	connector, err := a.connect(hasty(account))
	for i := range found {
		d := &found[i]
		if err != nil {
			d.Err = err
			continue
		}
		describer, can := connector.(crm.Describer)
		if !can {
			break
		}
		described, failed := describer.Describe(ctx, d.Stream)
		if failed == nil {
			d.Stream = described
			continue
		}
		d.Err = failed
		if concernsAll(failed) {
			err = failed
		}
	}
	return found
}

// concernsAll reports whether what failed will most likely be so of every stream of the
// account. Who only looks gives up sooner than a sync (AccountWide): nothing is lost by it.
func concernsAll(err error) bool {
	all := []crm.Code{crm.CodeAuth, crm.CodeUnreachable, crm.CodeTimeout, crm.CodeCancelled, crm.CodeConfig}
	return err != nil && slices.Contains(all, crm.CodeOf(err))
}
