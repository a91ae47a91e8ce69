package engine_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestL1AChangeDuringTheRunIsNotLost(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		// The run begins at minute 60. While it reads, record 1 changes at
		// minute 61; it was read before.
		w.source.at = noon(60)
		w.source.pages = [][]string{page(1, 3, 10), page(4, 2, 62)}
		w.run(engine.Ask{Overlap: 5 * time.Minute})
		if got, want := w.state().Watermark, noon(55); !got.Equal(want) {
			t.Fatalf("the watermark is %v, want %v: the start of the run less the overlap", got, want)
		}
		w.source.pages = [][]string{{record(1, 61, "changed")}}
		w.run(engine.Ask{Overlap: 5 * time.Minute})
		if since := w.source.requests[1].Since; !since.Equal(noon(55)) {
			t.Errorf("the next run asks since %v", since)
		}
		if w.rows()[1] != "changed 10" {
			t.Errorf("the change is lost: %v", w.rows())
		}
	})
}

func TestL1TheWatermarkStaysWhereTheRunIsNotWhole(t *testing.T) {
	for name, c := range map[string]struct {
		ask   engine.Ask
		fails bool
	}{
		"failed":    {engine.Ask{}, true},
		"capped":    {engine.Ask{MaxRecords: 4}, false},
		"dry":       {engine.Ask{DryRun: true}, false},
		"with end":  {engine.Ask{Until: noon(90)}, false},
		"after gap": {engine.Ask{Since: noon(30)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.at = noon(20)
				w.source.pages = [][]string{page(1, 2, 10)}
				w.run(engine.Ask{})
				before := w.state().Watermark
				w.source.at = noon(60)
				w.source.pages = [][]string{page(10, 3, 50), page(20, 3, 51)}
				if c.fails {
					w.source.before = func(page int) error {
						if page == 1 {
							return errSource
						}
						return nil
					}
				}
				if _, err := w.try(t.Context(), c.ask); (err != nil) != c.fails {
					t.Fatal(err)
				}
				if got := w.state().Watermark; !got.Equal(before) || before.IsZero() {
					t.Errorf("the watermark moved from %v to %v", before, got)
				}
			})
		})
	}
}

func TestL2EachRecordIsCountedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 7, 10)}
		w.run(engine.Ask{})
		w.source.pages = [][]string{
			append(page(1, 4, 10), record(5, 20, "changed")),
			{record(8, 20, "new"), record(8, 20, "new"), `{"id":null}`, record(8, 19, "older")},
		}
		run := w.run(engine.Ask{Full: true, BatchSize: 10})
		want := crm.Counts{Fetched: 9, Created: 1, Updated: 1, Unchanged: 4, Failed: 1, Duplicates: 2}
		if run.Counts != want || run.Status != crm.StatusPartial {
			t.Errorf("%+v %s, want %+v", run.Counts, run.Status, want)
		}
		if h := w.history()[0]; h.Counts != want || h.ID != run.ID || h.Status != crm.StatusPartial {
			t.Errorf("the history says %+v %s", h.Counts, h.Status)
		}
	})
}

func TestL3AFailedFetchIsAFailedRunAndKeepsWhatCameBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 5, 10), page(6, 5, 10)}
		w.source.before = func(page int) error {
			if page == 1 {
				return errSource
			}
			return nil
		}
		run, err := w.try(t.Context(), engine.Ask{})
		if !codeIs(err, crm.CodeSourceDown) || run.Status != crm.StatusFailed || run.Counts.Created != 5 {
			t.Errorf("%v, %+v", err, run)
		}
		if len(w.rows()) != 5 {
			t.Errorf("%d rows, want the 5 that came before", len(w.rows()))
		}
		if h := w.history()[0]; h.Status != crm.StatusFailed || h.ErrorCode != crm.CodeSourceDown || h.Fix != "wait" {
			t.Errorf("the history says %+v", h)
		}
	})
}

func TestL3ARecordThatCannotBeWrittenIsInTheQuarantineWithItsBytes(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		bad := `{"id":"x","name":"b\u0000d"}`
		w.source.pages = [][]string{{record(1, 1, "a"), bad, `[7]`, record(2, 1, "b")}}
		w.run(engine.Ask{})
		if rows := w.rows(); len(rows) != 2 {
			t.Errorf("one bad record cost others: %v", rows)
		}
		entries := w.quarantine()
		if len(entries) != 2 {
			t.Fatalf("%d entries, want 2", len(entries))
		}
		entry, err := ledger.ShowQuarantine(t.Context(), w.db, entries[0].ID)
		if err != nil || string(entry.Raw) != bad || entry.Field != "id" || entry.Code != crm.CodeNoKey {
			t.Errorf("%v %+v", err, entry)
		}
	})
}

// The database itself refuses a row: it alone is left out.
func TestL3ARowThatTheDatabaseRefusesCostsNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 2, 1)}
		w.run(engine.Ask{})
		if _, err := w.db.Exec(t.Context(), `CREATE UNIQUE INDEX one_name ON thing (name)`); err != nil {
			t.Fatal(err)
		}
		w.source.pages = [][]string{{record(3, 2, "c"), record(4, 2, "n1"), record(5, 2, "e"), record(2, 2, "n1"), record(6, 2, "f")}}
		run := w.run(engine.Ask{BatchSize: 10})
		if want := (crm.Counts{Fetched: 5, Created: 3, Failed: 2}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		if entries := w.quarantine(); len(entries) != 2 || entries[0].Code != crm.CodeRefusedValue {
			t.Errorf("%+v", entries)
		}
		if rows := w.rows(); len(rows) != 5 || rows[2] != "n2 20" {
			t.Errorf("%v", rows)
		}
	})
}

func TestL4ARunThatStoppedGoesOnWhereItStopped(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.at = noon(60)
		w.source.pages = [][]string{page(1, 4, 10), page(5, 4, 50), page(9, 4, 20)}
		w.source.before = func(page int) error {
			if page == 2 {
				return errSource
			}
			return nil
		}
		if _, err := w.try(t.Context(), engine.Ask{}); err == nil {
			t.Fatal("the run did not fail")
		}
		w.source.before = nil
		w.source.at = noon(90)
		run := w.run(engine.Ask{})
		if resume := w.source.requests[1].Resume; resume != "2" {
			t.Errorf("the second run resumed at %q, want behind page 2", resume)
		}
		if run.Counts.Created != 4 || len(w.rows()) != 12 {
			t.Errorf("%+v, %d rows", run.Counts, len(w.rows()))
		}
		// The walk began at minute 60, and minute 50 is the last change of
		// both runs together.
		if got := w.state().Watermark; !got.Equal(noon(50)) {
			t.Errorf("the watermark is %v", got)
		}
		if w.state().Checkpoint != nil {
			t.Error("the checkpoint outlives the walk")
		}
		w.run(engine.Ask{Full: true, Restart: true})
		if resume := w.source.requests[2].Resume; resume != "" {
			t.Errorf("--restart resumed at %q", resume)
		}
	})
}

func TestL5WhatDoesNotFitIsAnIssue(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{{`{"id":1,"changed":"2026-05-01T12:00:00Z","name":"a","size":"July"}`}}
		run := w.run(engine.Ask{})
		if run.Counts.Created != 1 || run.Counts.Issues != 1 || w.rows()[1] != "a NULL" {
			t.Errorf("%+v %v", run.Counts, w.rows())
		}
		issues, err := ledger.Issues(t.Context(), w.db, ledger.Filter{})
		if err != nil || len(issues) != 1 || issues[0].RecordID != "1" || issues[0].Field != "size" || issues[0].Value != "July" {
			t.Errorf("%v %+v", err, issues)
		}
		if found := heard[crm.IssueFound](w); len(found) != 1 || found[0].Issue.Value != "July" {
			t.Errorf("%+v", found)
		}
		w.source.pages = [][]string{{`{"id":1,"changed":"2026-05-01T12:01:00Z","name":"a","size":7}`}}
		w.run(engine.Ask{})
		if issues, err = ledger.Issues(t.Context(), w.db, ledger.Filter{}); err != nil || len(issues) != 0 {
			t.Errorf("the issue outlives its cause: %v %+v", err, issues)
		}
	})
}

func TestL6DryMeansDry(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{{record(1, 1, "a"), record(2, 1, "b"), `{"id":null}`}}
		run := w.run(engine.Ask{DryRun: true})
		if want := (crm.Counts{Fetched: 3, Created: 2, Failed: 1}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		for _, table := range []string{"thing", "ingestion_sync_history", "warren_stream"} {
			if there, err := w.db.Exists(t.Context(), table); err != nil || there {
				t.Errorf("%s was made: %v %v", table, there, err)
			}
		}
		w.run(engine.Ask{})
		w.source.pages = [][]string{{record(1, 1, "a"), record(2, 2, "changed"), record(3, 2, "c")}}
		runs := len(w.history())
		run = w.run(engine.Ask{DryRun: true, Full: true})
		if want := (crm.Counts{Fetched: 3, Created: 1, Updated: 1, Unchanged: 1}); run.Counts != want {
			t.Errorf("%+v, want %+v", run.Counts, want)
		}
		if len(w.history()) != runs || len(w.rows()) != 2 || w.rows()[2] != "b 20" {
			t.Error("the dry run left something behind")
		}
	})
}

func TestL7OneAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 2, 1)}
		w.source.before = func(int) error {
			other := *w
			other.source = &script{pages: w.source.pages}
			if _, err := other.try(t.Context(), engine.Ask{}); !codeIs(err, crm.CodeBusy) {
				t.Errorf("a second run of a stream that is being synced: %v", err)
			}
			return nil
		}
		w.run(engine.Ask{})
		if n := len(w.history()); n != 1 {
			t.Errorf("%d runs in the history, want 1", n)
		}
	})
}

func TestL7TheRunOfADeadProcessIsClosedAsFailed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 4, 1), page(5, 4, 1)}
		dead := w.owner
		dead.Process = "99999999@1" // a process of this machine that is no more
		abandon(t, w, dead)
		run := w.run(engine.Ask{})
		history := w.history()
		if len(history) != 2 || history[1].Status != crm.StatusFailed || history[1].ErrorCode != crm.CodeProcessDied || history[1].End.IsZero() {
			t.Errorf("the dead run: %+v", history)
		}
		if run.Status != crm.StatusSuccess || len(w.rows()) != 8 {
			t.Errorf("%+v", run)
		}
		told := heard[crm.Notice](w)
		if len(told) == 0 || !strings.Contains(told[0].Message, "had not ended") {
			t.Errorf("nobody was told: %+v", told)
		}
	})
}

// abandon takes the stream as another process would, and never lets it go.
func abandon(t *testing.T, w *world, owner ledger.Owner) *warehouse.Session {
	t.Helper()
	s, err := warehouse.Open(t.Context(), w.db, warehouse.Claim{
		ID: crm.StreamID{Source: "test", Stream: "things"}, SourceType: "test", Stream: w.stream, Lease: time.Hour,
		Decide: func(warehouse.State) warehouse.Intent { return warehouse.Intent{Mode: crm.ModeFull} },
	}, warehouse.Tools{Clock: crm.SystemClock{}, Observe: w.events.hear, Owner: owner})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestL7ARunThatLostItsStreamWritesNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1), page(7, 3, 1)}
		w.source.before = func(page int) error {
			if page == 2 {
				if _, err := w.db.Exec(t.Context(), `UPDATE warren_stream SET holder_run = holder_run + 1000`); err != nil {
					t.Error(err)
				}
			}
			return nil
		}
		_, err := w.try(t.Context(), engine.Ask{})
		if !codeIs(err, crm.CodeLeaseLost) {
			t.Errorf("got %v", err)
		}
		if n := len(w.rows()); n == 9 {
			t.Error("it wrote on")
		}
	})
}

func TestL9AnOlderVersionNeverOverwritesANewerOne(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for _, batch := range []int{1, 10} {
			w.source.pages = [][]string{{record(batch, 20, "new"), record(batch, 10, "old")}, {record(batch, 5, "oldest")}}
			w.run(engine.Ask{Full: true, BatchSize: batch})
			if got := w.rows()[int64(batch)]; !strings.HasPrefix(got, "new") {
				t.Errorf("batches of %d: the row is %q", batch, got)
			}
		}
	})
}

func TestL10ARunThatFindsNoChangeWritesNoRow(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 50, 1)}
		w.run(engine.Ask{})
		before := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)
		run := w.run(engine.Ask{Full: true})
		if want := (crm.Counts{Fetched: 50, Unchanged: 50}); run.Counts != want {
			t.Errorf("%+v", run.Counts)
		}
		after := w.query(`SELECT id, CAST(synced_at AS text) FROM thing`)
		for id := range before {
			if before[id] != after[id] {
				t.Fatalf("row %d was written: %s, then %s", id, before[id], after[id])
			}
		}
	})
}

func TestMaxRecordsStopsThere(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 5, 1), page(6, 5, 1), page(11, 5, 1)}
		run := w.run(engine.Ask{MaxRecords: 7})
		if run.Counts.Fetched != 7 || len(w.rows()) != 7 {
			t.Errorf("%+v, %d rows", run.Counts, len(w.rows()))
		}
	})
}

func TestUntilLeavesOutWhatIsLater(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{{record(1, 10, "in"), record(2, 30, "at the end"), record(3, 40, "later"), `{"id":4,"name":"no time"}`}}
		run := w.run(engine.Ask{Until: noon(30)})
		if rows := w.rows(); len(rows) != 2 || rows[1] == "" || rows[4] == "" {
			t.Errorf("%v", rows)
		}
		if run.Counts.Fetched != 2 || run.Outside != 2 {
			t.Errorf("%+v, %d outside", run.Counts, run.Outside)
		}
	})
}

func TestAnInterruptedRunIsCancelledAndKeepsItsBatches(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, cancel := context.WithCancel(t.Context())
		w.source.pages = [][]string{page(1, 3, 1), page(4, 3, 1), page(7, 3, 1), page(10, 3, 1)}
		w.source.before = func(page int) error {
			if page == 3 {
				cancel()
			}
			return nil
		}
		run, err := w.try(ctx, engine.Ask{})
		if !codeIs(err, crm.CodeCancelled) || run.Status != crm.StatusCancelled {
			t.Errorf("%v %+v", err, run)
		}
		if h := w.history()[0]; h.Status != crm.StatusCancelled || h.End.IsZero() {
			t.Errorf("%+v", h)
		}
		w.source.before = nil
		w.run(engine.Ask{})
		if len(w.rows()) != 12 {
			t.Errorf("%d rows", len(w.rows()))
		}
	})
}

func TestUnknownFieldsAreTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{{`{"id":1,"surprise":7}`}}
		w.run(engine.Ask{})
		told := heard[crm.Notice](w)
		if len(told) != 1 || !strings.Contains(told[0].Message, "surprise") {
			t.Errorf("%+v", told)
		}
		if raw := w.query(`SELECT id, CAST(data AS text) FROM thing`)[1]; !strings.Contains(raw, "surprise") {
			t.Errorf("data is %s", raw)
		}
	})
}

// Many unchanged records cost few transactions, and still count.
func TestUnchangedRecordsAreGathered(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 30, 1)}
		w.run(engine.Ask{})
		written := len(heard[crm.BatchWritten](w))
		run := w.run(engine.Ask{Full: true})
		if n := len(heard[crm.BatchWritten](w)) - written; n != 1 || run.Counts.Unchanged != 30 {
			t.Errorf("%d transactions for 30 unchanged records; %+v", n, run.Counts)
		}
	})
}

func TestABatchSpansPagesAndAPageSpansBatches(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 100} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{page(1, 5, 1), page(6, 1, 1), page(7, 11, 1)}
				run := w.run(engine.Ask{BatchSize: size})
				if run.Counts.Created != 17 || len(w.rows()) != 17 {
					t.Errorf("%+v", run.Counts)
				}
			})
		})
	}
}
