package engine_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// broken is a source between whose records stands what is none, and who knows why.
type broken struct{ *script }

func (b broken) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for page, err := range b.script.Read(ctx, stream, req) {
			for n := range 7 {
				page.Rejects = append(page.Rejects, crm.Reject{Raw: fmt.Appendf(nil, "[%d]", n), Code: crm.CodeNotRecord, Reason: fmt.Sprintf("is row %d", n)})
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// What a source knows to be no record is in the quarantine with what the source says of
// it (L3), is counted (L2), and lets no row count as gone: it may be any.
func TestL3WhatTheSourceKnowsToBeNoRecordIsKeptWithItsReason(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.loaded(3)
		w.connector = broken{w.source}
		w.source.pages = [][]string{page(1, 2, 0)}
		run := w.run(engine.Ask{Full: true})
		if want := (crm.Counts{Fetched: 9, Unchanged: 2, Failed: 7}); run.Counts != want || run.Status != crm.StatusPartial {
			t.Errorf("%s: %+v", run.Status, run.Counts)
		}
		reasons := map[string]bool{}
		for _, e := range w.quarantine() {
			if e.First.IsZero() {
				t.Errorf("nobody knows when it was fetched: %+v", e)
			}
			reasons[e.Reason] = true
		}
		if len(reasons) != 7 || !reasons["is row 6"] || len(w.rows()) != 3 {
			t.Errorf("%v, %d rows", reasons, len(w.rows()))
		}
		if run := w.run(engine.Ask{Full: true, MaxRecords: 4}); run.Counts.Fetched != 4 || run.Counts.Failed != 2 {
			t.Errorf("at most 4 records: %+v", run.Counts)
		}
	})
}
