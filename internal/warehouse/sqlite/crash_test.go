package sqlite_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// crashFile tells the child process of TestL4_KillLosesNoCommit where to write.
const crashFile = "WARREN_TEST_CRASH_FILE"

const crashBatch = 200

// A process that is killed in the middle of its work loses no batch that was
// committed and leaves no half of one.
func TestL4_KillLosesNoCommit(t *testing.T) {
	if path := os.Getenv(crashFile); path != "" {
		writeUntilKilled(t, path)
	}
	path := filepath.Join(t.TempDir(), "warren.db")
	for round := range 3 {
		committed := runAndKill(t, path, 5+round)

		d := open(t, path, sqlite.Options{})
		wantCount(t, d, 1, "pragma_integrity_check WHERE integrity_check = 'ok'")
		rows, err := d.Query(t.Context(), "SELECT count(*) FROM ingestion_test_lead")
		if err != nil {
			t.Fatal(err)
		}
		var n int64
		if rows.Next() {
			err = rows.Scan(&n)
		}
		rows.Close()
		if err != nil {
			t.Fatal(err)
		}
		if n < int64(committed)*crashBatch || n%crashBatch != 0 {
			t.Errorf("round %d: %d rows after %d committed batches of %d", round, n, committed, crashBatch)
		}
		// The lock of the dead is free.
		write(t, d, lead(n, "after", instant()))
		if _, err := d.Exec(t.Context(), "DELETE FROM ingestion_test_lead"); err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// runAndKill starts a child that writes batches, kills it once it has said
// that so many are committed, and returns how many it said.
func runAndKill(t *testing.T, path string, batches int) int {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestL4_KillLosesNoCommit$")
	child.Env = append(os.Environ(), crashFile+"="+path)
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	committed := 0
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the child said %q", lines.Text())
		}
		committed = n
		if committed == batches {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || committed < batches {
		t.Fatalf("the child ended by itself after %d batches", committed)
	}
	return committed
}

func writeUntilKilled(t *testing.T, path string) {
	d := open(t, path, sqlite.Options{})
	table, err := d.Table(t.Context(), leads(), true)
	if err != nil {
		t.Fatal(err)
	}
	for batch := 1; ; batch++ {
		rows := make([]crm.Row, crashBatch)
		for i := range rows {
			rows[i] = lead(int64(batch*crashBatch+i), "killed", instant())
		}
		err := d.InTx(context.Background(), func(tx ledger.Conn) error {
			_, err := table.Write(context.Background(), tx, rows)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString(strconv.Itoa(batch) + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}
