package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// refused is what a connector says of a stream that the account does not offer.
func refused() *crm.Error {
	return &crm.Error{
		Code: crm.CodeStreamAbsent, Origin: crm.OriginSource, Message: "not offered", Fix: "give the right",
		Err: &crm.Error{Code: crm.CodeForbidden, Origin: crm.OriginSource, Message: "403", Fix: "no"},
	}
}

func TestAStreamThatWasNeverSyncedAndIsNotOfferedIsLeftOut(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 1, 1)}
		w.source.before = func(int) error { return refused() }
		run, err := w.try(t.Context(), engine.Ask{})
		if !codeIs(err, crm.CodeStreamAbsent) || run.Status != crm.StatusCancelled {
			t.Fatalf("%v, %s", err, run.Status)
		}
		if reason := w.state().DisabledReason; reason != "not offered" {
			t.Errorf("the reason is %q", reason)
		}
		w.source.before = nil
		w.run(engine.Ask{})
		if reason := w.state().DisabledReason; reason != "" {
			t.Errorf("it stays left out although it works: %q", reason)
		}
	})
}

// A stream that had records yesterday and is refused today has failed, in whatever
// way it is known that it was synced.
func TestL3AStreamThatWasSyncedAndIsNotOfferedAnyMoreHasFailed(t *testing.T) {
	syncs := map[string]func(w *world){
		"records": func(w *world) { w.run(engine.Ask{}) },
		"no record": func(w *world) {
			w.source.pages = [][]string{{}}
			w.run(engine.Ask{})
		},
		"rows alone": func(w *world) {
			w.run(engine.Ask{})
			w.exec(`DELETE FROM warren_stream`)
			w.exec(`DELETE FROM ingestion_sync_history`)
		},
		"a run of one record": func(w *world) { w.run(engine.Ask{MaxRecords: 1}) },
	}
	for name, sync := range syncs {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 3, 1)}
				sync(w)
				before := w.state()
				w.source.before = func(int) error { return refused() }
				run, err := w.try(t.Context(), engine.Ask{})
				e, is := errors.AsType[*crm.Error](err)
				if !is || e.Code != crm.CodeForbidden || !strings.Contains(e.Message, "not offered") || e.Fix != "give the right" {
					t.Fatalf("%+v", err)
				}
				if run.Status != crm.StatusFailed || run.ErrorCode != crm.CodeForbidden || run.Fix != "give the right" {
					t.Errorf("%+v", run)
				}
				history, err := ledger.History(t.Context(), w.db, ledger.Filter{Limit: 1})
				if err != nil || history[0].Status != crm.StatusFailed || history[0].ErrorCode != crm.CodeForbidden {
					t.Errorf("%+v, %v", history, err)
				}
				if s := w.state(); s.DisabledReason != "" || !s.Watermark.Equal(before.Watermark) {
					t.Errorf("%+v", s)
				}
				if _, err := w.try(t.Context(), engine.Ask{DryRun: true}); !codeIs(err, crm.CodeForbidden) {
					t.Errorf("a dry run: %v", err)
				}
			})
		})
	}
}

// Absent keeps what is no such answer, and calls one without a cause not found.
func TestAbsent(t *testing.T) {
	other := errors.New("other")
	bare := refused()
	bare.Err = nil
	for name, c := range map[string]struct {
		err    error
		synced bool
		code   crm.Code
	}{
		"another error":           {other, true, crm.CodeInternal},
		"never synced":            {refused(), false, crm.CodeStreamAbsent},
		"synced":                  {refused(), true, crm.CodeForbidden},
		"synced, without a cause": {bare, true, crm.CodeNotFound},
	} {
		if got := engine.Absent(c.err, c.synced); crm.CodeOf(got) != c.code {
			t.Errorf("%s: %v", name, got)
		}
	}
	if engine.Absent(nil, true) != nil {
		t.Error("no error became one")
	}
}
