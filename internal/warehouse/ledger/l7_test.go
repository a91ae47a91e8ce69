package ledger_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestL7_SecondProcessIsRefused(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		first := acquire(t, db, ledger.Owner{Host: "web1#boot", Process: "4711@99"})
		db.setNow(noon.Add(15*time.Second - time.Microsecond))
		_, err := ledger.Acquire(t.Context(), db, claim(far("2")))
		wantCode(t, err, crm.CodeBusy, "salesrabbit leads", "process 4711 on web1", "2026-03-01 12:00:00", "2026-03-01 12:00:15")
		if !crm.Retryable(err) {
			t.Error("a busy stream is free later, and the error does not say so")
		}
		if runs := history(t, db); len(runs) != 1 || runs[0].ID != first.Run.ID || runs[0].Status != crm.StatusRunning {
			t.Errorf("the refused claim left its mark on the history: %+v", runs)
		}
		if err := ledger.Beat(t.Context(), db, first.Run.ID, leads, 15*time.Second); err != nil {
			t.Errorf("the holder was disturbed: %v", err)
		}
	})
}

func TestL7_OtherStreamsAndAccountsAreFree(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		acquire(t, db, far("1"))
		for _, id := range []crm.StreamID{{Source: "salesrabbit", Stream: "users"}, {Source: "west", Stream: "leads"}} {
			c := claim(far("1"))
			c.ID = id
			held, err := ledger.Acquire(t.Context(), db, c)
			if err != nil || held.Run.StreamID != id {
				t.Errorf("%s: %+v, %v", id, held.Run, err)
			}
		}
	})
}

func TestL7_ExpiredLeaseIsTakenOver(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		first := acquire(t, db, far("1"))
		mustCommit(t, db, durable(first.Run.ID, 1))
		db.setNow(noon.Add(15 * time.Second))
		second := acquire(t, db, far("2"))

		if len(second.Dead) != 1 || second.Dead[0].ID != first.Run.ID {
			t.Fatalf("dead runs: %+v", second.Dead)
		}
		runs := history(t, db)
		dead := runs[1]
		if dead.Status != crm.StatusFailed || dead.ErrorCode != crm.CodeProcessDied || dead.ErrorMessage == "" ||
			!dead.End.Equal(noon.Add(15*time.Second)) || dead.Counts.Created != 1 {
			t.Errorf("the dead run is told as %+v", dead)
		}
		if dead.ErrorMessage != second.Dead[0].ErrorMessage || second.Dead[0].Status != crm.StatusFailed {
			t.Errorf("Acquire tells %+v", second.Dead[0])
		}

		// The first process wakes up.
		wantCode(t, ledger.Beat(t.Context(), db, first.Run.ID, leads, time.Second), crm.CodeLeaseLost)
		wantCode(t, commit(t, db, durable(first.Run.ID, 2)), crm.CodeLeaseLost)
		_, _, err := ledger.Committed(t.Context(), db, leads, first.Run.ID, 1)
		wantCode(t, err, crm.CodeLeaseLost)
		_, err = ledger.Finish(t.Context(), db, ledger.Outcome{
			ID: leads, RunID: first.Run.ID, Status: crm.StatusSuccess, Watermark: noon, Counts: crm.Counts{Fetched: 1, Created: 1},
		})
		wantCode(t, err, crm.CodeLeaseLost)
		if s := load(t, db); !s.Watermark.IsZero() || s.Batch != 1 {
			t.Errorf("a run without the lease changed the state to %+v", s)
		}
		if err := ledger.Beat(t.Context(), db, second.Run.ID, leads, time.Second); err != nil {
			t.Errorf("the new holder was disturbed: %v", err)
		}
	})
}

func TestL7_BeatKeepsTheStream(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		first := acquire(t, db, far("1"))
		for beat := 1; beat <= 10; beat++ {
			db.setNow(noon.Add(time.Duration(beat) * 5 * time.Second))
			if err := ledger.Beat(t.Context(), db, first.Run.ID, leads, 15*time.Second); err != nil {
				t.Fatal(err)
			}
		}
		db.setNow(noon.Add(60 * time.Second))
		_, err := ledger.Acquire(t.Context(), db, claim(far("2")))
		wantCode(t, err, crm.CodeBusy)
	})
}

func TestL7_DeadProcessOfThisHostIsReplacedAtOnce(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		reused := ledger.ThisProcess()
		reused.Process += "0" // the same id, another start: the id was used again
		acquire(t, db, reused)
		if held := acquire(t, db, ledger.ThisProcess()); len(held.Dead) != 1 {
			t.Errorf("dead runs: %+v", held.Dead)
		}
		_, err := ledger.Acquire(t.Context(), db, claim(ledger.ThisProcess()))
		wantCode(t, err, crm.CodeBusy) // alive, though it is ourselves
	})
}

// A process is killed while it holds the stream; the same command right after
// it does not wait for the lease.
func TestL7_KilledProcess(t *testing.T) {
	on(t, func(t *testing.T, db testDB, address string) {
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+address)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = stdin.Close() }()
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "held\n" {
			t.Fatalf("the child said %q, %v", line, err)
		}
		_, err = ledger.Acquire(t.Context(), db, claim(ledger.ThisProcess()))
		wantCode(t, err, crm.CodeBusy)

		// Killed, but not yet waited for: a zombie counts as dead.
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); err == nil {
			t.Fatalf("the child went on and said %q", line)
		}
		defer func() { _ = cmd.Wait() }()
		held := acquire(t, db, ledger.ThisProcess())
		if len(held.Dead) != 1 || held.Dead[0].ErrorCode != crm.CodeProcessDied {
			t.Errorf("dead runs: %+v", held.Dead)
		}
	})
}

func TestL7_OfManyAtOnceOneWins(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		// First all ask for a stream that nobody knows, then for a free one.
		for round := range 5 {
			helds, errs := make([]ledger.Held, 8), make([]error, 8)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { helds[i], errs[i] = ledger.Acquire(t.Context(), db, claim(far("1"))) })
			}
			wg.Wait()
			won := -1
			for i, err := range errs {
				if err != nil {
					wantCode(t, err, crm.CodeBusy)
					continue
				}
				if won >= 0 {
					t.Fatalf("two claims won")
				}
				won = i
			}
			if runs := history(t, db); won < 0 || len(runs) != round+1 {
				t.Fatalf("winner %d, %d runs are in the history after round %d", won, len(runs), round)
			}
			succeed(t, db, helds[won].Run.ID, crm.Counts{}, time.Time{})
		}
	})
}

// A live holder's batch keeps the row locked; whoever asks for the stream
// meanwhile gets the answer without waiting for the batch.
func TestL7_RefusalDoesNotWaitForABatch(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		if db.Dialect() == ledger.SQLite {
			return // a transaction there locks the whole database
		}
		first := acquire(t, db, far("1"))
		rollback := errors.New("rollback")
		err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			if err := ledger.Commit(t.Context(), tx, durable(first.Run.ID, 1)); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := ledger.Acquire(ctx, db, claim(far("2")))
			wantCode(t, err, crm.CodeBusy)
			return rollback
		})
		if !errors.Is(err, rollback) {
			t.Fatal(err)
		}
	})
}

func TestL7_RunsOfTheOldSystemAreNotOursToClose(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		run(t, db, `INSERT INTO ingestion_sync_history (crm_source, sync_type, start_time, status, created_at)
			VALUES ('salesrabbit', 'leads', $1, 'running', $1)`, noon)
		if held := acquire(t, db, far("1")); len(held.Dead) != 0 {
			t.Errorf("closed %+v", held.Dead)
		}
		wantTexts(t, db, []string{"running"}, `SELECT status FROM ingestion_sync_history WHERE source IS NULL`)
	})
}
