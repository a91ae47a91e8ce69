package ledger_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestL4_CheckpointOutlivesTheProcess(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		want := crm.Checkpoint{
			Token: "page \x00 \"7\" é", Mode: crm.ModeFull, Start: noon, Seen: noon.Add(-time.Hour + time.Nanosecond), Saved: noon,
		}
		first := acquire(t, db, far("1"))
		d := durable(first.Run.ID, 1)
		d.Checkpoint = &want
		mustCommit(t, db, d)
		mustCommit(t, db, durable(first.Run.ID, 2)) // no checkpoint: the last one stays
		db.setNow(noon.Add(time.Minute))
		held := acquire(t, db, far("2"))
		if held.State.Checkpoint == nil || !reflect.DeepEqual(*held.State.Checkpoint, want) || held.State.Batch != 2 {
			t.Errorf("got %+v with %+v", held.State, held.State.Checkpoint)
		}
		if got := held.Dead[0]; got.Counts != (crm.Counts{Fetched: 2, Created: 2}) || got.Requests != 2 {
			t.Errorf("the dead run shows %+v, not what is durable", got)
		}
		succeed(t, db, held.Run.ID, crm.Counts{}, time.Time{})
		if s := load(t, db); s.Checkpoint != nil {
			t.Errorf("a complete walk left a checkpoint: %+v", s.Checkpoint)
		}
	})
}

func TestL4_RolledBackBatchLeavesNothing(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		rollback := errors.New("rollback")
		err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			d := durable(held.Run.ID, 1)
			d.Checkpoint = &crm.Checkpoint{Token: "x"}
			d.Rejects = []crm.Reject{{ID: "1", Raw: []byte("{}")}}
			d.Issues = []crm.Issue{{RecordID: "1"}}
			if err := ledger.Commit(t.Context(), tx, d); err != nil {
				return err
			}
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
		if _, done, err := ledger.Committed(t.Context(), db, leads, held.Run.ID, 1); done || err != nil {
			t.Errorf("the batch counts as durable: %t, %v", done, err)
		}
		if s := load(t, db); s.Checkpoint != nil || s.Batch != 0 {
			t.Errorf("state %+v", s)
		}
		if run := history(t, db)[0]; run.Counts != (crm.Counts{}) {
			t.Errorf("counts %+v", run.Counts)
		}
		wantTexts(t, db, []string{"0"}, `SELECT CAST((SELECT count(*) FROM warren_quarantine) + (SELECT count(*) FROM warren_issue) AS text)`)
	})
}

func TestL4_CommittedKnowsTheUnknownOutcome(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		first := acquire(t, db, far("1"))
		d := durable(first.Run.ID, 1)
		d.Counts = crm.Counts{Fetched: 21, Created: 1, Updated: 2, Unchanged: 3, Failed: 4, Duplicates: 11, Issues: 6}
		mustCommit(t, db, d)
		asked := func(run, batch int64) (crm.Counts, bool) {
			t.Helper()
			counts, done, err := ledger.Committed(t.Context(), db, leads, run, batch)
			if err != nil {
				t.Fatal(err)
			}
			return counts, done
		}
		if counts, done := asked(first.Run.ID, 1); !done || counts != d.Counts {
			t.Errorf("batch 1: %t, %+v", done, counts)
		}
		if counts, done := asked(first.Run.ID, 2); done || counts != (crm.Counts{}) {
			t.Errorf("batch 2: %t, %+v", done, counts)
		}
		succeed(t, db, first.Run.ID, d.Counts, time.Time{})
		second := acquire(t, db, far("1"))
		if _, done := asked(second.Run.ID, 1); done {
			t.Error("the batch of an earlier run was taken for one of this run")
		}
		mustCommit(t, db, durable(second.Run.ID, 1)) // a run may count anew
		if _, done := asked(second.Run.ID, 1); !done {
			t.Error("batch 1 of the second run is not known")
		}
	})
}

// The server may still be at the commit whose answer was lost.
func TestL4_CommittedWaitsForTheTransaction(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		answer := make(chan bool, 1)
		if err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			if err := ledger.Commit(t.Context(), tx, durable(held.Run.ID, 1)); err != nil {
				return err
			}
			go func() {
				_, done, err := ledger.Committed(t.Context(), db, leads, held.Run.ID, 1)
				if err != nil {
					t.Error(err)
				}
				answer <- done
			}()
			waiting := db.Dialect() == ledger.SQLite // a transaction there waits before it begins
			for !waiting && len(answer) == 0 {
				waiting = len(texts(t, db, `SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)) > 0
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if !<-answer {
			t.Error("the batch is durable, and the answer was that it is not")
		}
	})
}

func TestL4_BatchIsCountedOnce(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		mustCommit(t, db, durable(held.Run.ID, 1))
		wantCode(t, commit(t, db, durable(held.Run.ID, 1)), crm.CodeInternal, "batch 1")
		if run := history(t, db)[0]; run.Counts.Created != 1 {
			t.Errorf("counted %+v", run.Counts)
		}
	})
}

func TestL4_FinishCanBeRepeated(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		first := succeed(t, db, held.Run.ID, crm.Counts{}, noon)
		again := succeed(t, db, held.Run.ID, crm.Counts{}, noon)
		if !reflect.DeepEqual(first, again) {
			t.Errorf("first\n%+v\nthen\n%+v", first, again)
		}
	})
}

func TestL4_UnreadableCheckpointSaysWhatToDo(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		succeed(t, db, acquire(t, db, far("1")).Run.ID, crm.Counts{}, noon)
		run(t, db, `UPDATE warren_stream SET checkpoint = '{'`)
		_, err := ledger.Acquire(t.Context(), db, claim(far("1")))
		wantCode(t, err, crm.CodeInternal, "checkpoint of salesrabbit leads")
		_, err = ledger.Streams(t.Context(), db)
		wantCode(t, err, crm.CodeInternal)
	})
}
