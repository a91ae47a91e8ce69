package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	engine "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/warren-sync/warren/internal/crm"
)

// dieAt tells a warren that writes into SQLite when to kill itself: "before
// commit:3". SQLite is a library, so that only the process itself sees these
// moments; SIGKILL does not ask who sent it.
const dieAt = "WARREN_TEST_DIE_AT"

// arrangeOwnDeath does in the child what its environment asks for.
func arrangeOwnDeath() error {
	if err := limitFiles(os.Getenv(fileLimit)); err != nil {
		return err
	}
	moment, number, found := strings.Cut(os.Getenv(dieAt), ":")
	if !found {
		return nil
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("%s: %w", dieAt, err)
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	b := &bell{}
	b.set(newAlarm(event(moment), n, func() {
		_ = self.Kill()
		select {} // this goroutine sees no moment more
	}))
	engine.RegisterConnectionHook(func(conn engine.ExecQuerierContext, _ string) error {
		hooks, ok := conn.(engine.HookRegisterer)
		if !ok {
			return fmt.Errorf("a connection of SQLite's takes no hooks: %T", conn)
		}
		hooks.RegisterCommitHook(func() int32 {
			b.ring(committing)
			return 0
		})
		hooks.RegisterPreUpdateHook(watchRows(b))
		return nil
	})
	return nil
}

// watchRows tells of rows of the stream's table, and of the end of the run
// that this process opened.
func watchRows(b *bell) engine.PreUpdateHookFn {
	var own atomic.Int64 // the run's row in the history
	return func(data engine.SQLitePreUpdateData) {
		switch {
		case data.TableName == leadTable:
			b.ring(rows)
		case data.TableName != "ingestion_sync_history":
		case data.Op == sqlite3.SQLITE_INSERT:
			own.Store(data.NewRowID)
		case data.NewRowID == own.Load():
			values := make([]any, data.Count())
			if data.New(values...) == nil && !contains(values, string(crm.StatusRunning)) {
				b.ring(finishing)
			}
		}
	}
}

func contains(values []any, text string) bool {
	for _, v := range values {
		if s, ok := v.(string); ok && s == text {
			return true
		}
	}
	return false
}
