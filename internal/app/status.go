package app

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// StreamState is how a stream stands: what the ledger knows of it, and whether
// it is still to be synced.
type StreamState struct {
	ledger.StreamStatus
	Known   bool // to the ledger: it was synced at least once, or tried
	Current bool // the configuration has it; false for a stream that was taken out
}

// Status tells how each stream stands that is configured or was ever synced.
// Where no account is configured yet, those that could be are told of. Without
// a warehouse every stream is one that was never synced; exists is then false.
func (a *App) Status(ctx context.Context) (states []StreamState, exists bool, err error) {
	var known []ledger.StreamStatus
	exists, err = a.Look(ctx, func(db warehouse.Driver) error {
		var err error
		known, err = ledger.Streams(ctx, db)
		return err
	})
	if err != nil {
		return nil, exists, err
	}
	byID := make(map[crm.StreamID]ledger.StreamStatus, len(known))
	for _, s := range known {
		byID[s.ID] = s
	}
	for _, t := range a.current() {
		id := t.ID()
		status, ok := byID[id]
		if t.Stream.FromFile && !ok {
			continue // nobody has imported it, and nobody need
		}
		delete(byID, id)
		status.ID = id
		states = append(states, StreamState{StreamStatus: status, Known: ok, Current: true})
	}
	for _, s := range known {
		if _, left := byID[s.ID]; left {
			states = append(states, StreamState{StreamStatus: s, Known: true})
		}
	}
	return states, exists, nil
}

// current lists the streams that are to be synced.
func (a *App) current() []Target {
	accounts, err := a.Configured()
	if err != nil {
		accounts = a.Config.Accounts
	}
	var targets []Target
	for _, account := range accounts {
		for _, stream := range account.Streams {
			targets = append(targets, Target{Account: account, Stream: stream})
		}
	}
	return targets
}
