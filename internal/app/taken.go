package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// taken puts the error of a stream that another run has into words: who has it,
// and what to do.
func (a *App) taken(ctx context.Context, db warehouse.Driver, id crm.StreamID, o Options, err error) error {
	var busy *crm.Error
	if !errors.As(err, &busy) {
		return err
	}
	said := *busy
	said.Message = a.whoHas(ctx, db, id, err)
	switch {
	case o.Wait > 0:
		said.Message += fmt.Sprintf("; this one has waited %s for it", o.Wait)
		said.Fix = "Run it again when that run has ended, or let it wait longer with --wait."
	case o.Replay:
		said.Fix = "Run it again when that run has ended."
	default:
		said.Fix = "Run it again when that run has ended, or let it wait for that with --wait 10m."
	}
	return &said
}

// whoHas says which run has the stream, since when, in which process and until
// when its lease lasts. Where that run has ended meanwhile or cannot be looked
// up, it says what err does.
func (a *App) whoHas(ctx context.Context, db warehouse.Driver, id crm.StreamID, err error) string {
	streams, lookErr := ledger.Streams(ctx, db)
	i := slices.IndexFunc(streams, func(s ledger.StreamStatus) bool { return s.ID == id && s.Holder != "" })
	if lookErr != nil || i < 0 {
		return err.Error()
	}
	s, run := streams[i], "another run"
	if r := s.LastRun; r != nil && r.Status == crm.StatusRunning {
		run = fmt.Sprintf("run %d (%s)", r.ID, r.Mode)
	}
	return fmt.Sprintf("%s has %s since %s UTC, in %s; its lease lasts until %s UTC, and longer while that process lives",
		run, id, s.HolderSince.UTC().Format(time.DateTime), s.Holder, s.LeaseUntil.UTC().Format(time.DateTime))
}
