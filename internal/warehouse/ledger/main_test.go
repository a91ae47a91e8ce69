package ledger_test

import (
	"bufio"
	"context"
	"os"
	"testing"

	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// childEnv makes the test binary a process that takes a stream and holds it
// until it is killed.
const childEnv = "WARREN_LEDGER_TEST_CHILD"

func TestMain(m *testing.M) {
	if address := os.Getenv(childEnv); address != "" {
		os.Exit(child(context.Background(), address))
	}
	pgtest.Main(m)
}

func child(ctx context.Context, address string) int {
	db, closeDB, err := openAddress(ctx, address)
	if err == nil {
		defer closeDB()
		_, err = ledger.Acquire(ctx, db, claim(ledger.ThisProcess()))
	}
	if err != nil {
		_, _ = os.Stdout.WriteString(err.Error() + "\n")
		return 1
	}
	_, _ = os.Stdout.WriteString("held\n")
	// The parent never writes; the end of its pipe or SIGKILL ends the wait.
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
	return 0
}
