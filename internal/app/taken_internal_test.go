package app

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// When the run that had the stream has ended meanwhile, there is nothing to
// look up: what the ledger said is told.
func TestTakenByARunThatHasEndedMeanwhile(t *testing.T) {
	a := &App{Clock: crm.SystemClock{}, Config: &config.Config{
		Database: config.Database{Driver: config.DriverSQLite, Path: filepath.Join(t.TempDir(), "here.db")},
	}}
	db, err := a.Warehouse(t.Context(), ReadWrite)
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
	id := crm.StreamID{Source: "acme", Stream: "things"}
	busy := &crm.Error{Code: crm.CodeBusy, Origin: crm.OriginWarren, Message: "somebody has it", Fix: "Wait.", Retryable: true}
	got := a.taken(t.Context(), db, id, Options{}, busy)
	var e *crm.Error
	if !errors.As(got, &e) || e.Code != crm.CodeBusy || e.Message != "somebody has it" || !e.Retryable || !strings.Contains(e.Fix, "--wait 10m") {
		t.Errorf("%+v", got)
	}
	if strange := errors.New("strange"); !errors.Is(a.taken(t.Context(), db, id, Options{}, strange), strange) {
		t.Error("another error is taken for a busy stream")
	}
	if busy.Fix != "Wait." {
		t.Error("the ledger's own error was changed")
	}
}
