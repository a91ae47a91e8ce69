package app

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/faults"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// patient is a clock for which waiting takes no time.
type patient struct{ crm.SystemClock }

func (patient) Wait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// A connection that is lost while the schema is remembered costs nothing: the run was
// a success, and stays one.
func TestWhatWasLearnedOutlivesALostConnection(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "here.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO warren_stream (source, stream, source_type) VALUES ('acme', 'things', 'acme')"); err != nil {
		t.Fatal(err)
	}
	begun, waits := 0, 0
	lossy := faults.Warehouse(db, func(op faults.Op) faults.Fault {
		if op.Kind != faults.Begin {
			return faults.None
		}
		if begun++; begun == 1 {
			return faults.LoseBefore
		}
		return faults.None
	})
	a := &App{Clock: patient{}, Observe: func(e crm.Event) {
		if _, is := e.(crm.RetryScheduled); is {
			waits++
		}
	}}
	id := crm.StreamID{Source: "acme", Stream: "things"}
	if err := a.learn(t.Context(), lossy, id, 1, crm.Schema{{Kind: crm.SchemaSeen, Name: "colour", Column: "colour", Type: crm.TypeText}}); err != nil {
		t.Fatal(err)
	}
	known, err := ledger.Schema(t.Context(), db, id)
	if err != nil || len(known) != 1 || waits != 1 {
		t.Errorf("%+v after %d waits: %v", known, waits, err)
	}
}
