package cli_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// waiting is a clock on which time passes by waiting alone, and then at once, but
// for what runs beside the work. It does something after so long.
type waiting struct {
	mu     sync.Mutex
	begun  time.Time
	waited time.Duration
	after  time.Duration
	do     func()
}

func (w *waiting) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun.IsZero() {
		w.begun = time.Now().UTC()
	}
	return w.begun.Add(w.waited)
}

func (w *waiting) Wait(ctx context.Context, d time.Duration) error {
	if background(d) {
		return crm.SystemClock{}.Wait(ctx, d)
	}
	w.mu.Lock()
	w.waited += d
	due := w.do != nil && w.waited >= w.after
	do := w.do
	if due {
		w.do = nil
	}
	w.mu.Unlock()
	if due {
		do()
	}
	return context.Cause(ctx)
}

// release lets go of the stream that hold took.
func (d *desk) release() {
	d.t.Helper()
	d.exec("UPDATE ingestion_sync_history SET status = 'success', end_time = start_time WHERE status = 'running'")
	d.exec("UPDATE warren_stream SET holder_run = NULL, holder = NULL, holder_since = NULL, lease_until = NULL")
}

// far is a process of which nothing can be known but its lease.
var far = ledger.Owner{Host: "far", Process: "7"}

func TestL7SyncWaitsForABusyStream(t *testing.T) {
	both(t, salesrabbit.Config{Records: 20, Seed: 1}, func(t *testing.T, d *desk) {
		d.hold("leads", far, 10*time.Hour)
		d.world.Clock = &waiting{after: 3*time.Minute + 30*time.Second, do: d.release}
		d.run("sync", "salesrabbit", "leads", "--wait", "10m").exits(cli.ExitOK).says("20 created").
			warns("WRN salesrabbit leads: waiting, at most 10m0s more: run 1 (full) has salesrabbit leads since ", "in process 7 on far; its lease lasts until ",
				"waiting, at most 9m0s more: ", "waiting, at most 7m0s more: ").silent("waiting, at most 6m")
		if n := strings.Count(d.err.String(), "waiting, at most"); n != 4 {
			t.Errorf("it was told %d times, want once a minute: 4\n%s", n, d.err.String())
		}
	})
}

func TestL7ARepairWaitsForABusyStream(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitOK)
	d.hold("leads", far, 10*time.Hour)
	d.world.Clock = &waiting{after: time.Minute, do: d.release}
	d.run("verify", "salesrabbit", "leads", "--repair", "--wait", "2m").exits(cli.ExitOK).says("salesrabbit leads is as the source has it.")
}

func TestL7TheWaitForABusyStreamHasAnEnd(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 2, Seed: 1})
	d.hold("leads", far, 10*time.Hour)
	clock := &waiting{}
	d.world.Clock = clock
	d.run("sync", "salesrabbit", "leads", "users", "--wait", "91s").exits(cli.ExitBusy).says("salesrabbit leads skipped: run 1 (full) has salesrabbit leads since ",
		"; this one has waited 1m31s for it", "or let it wait longer with --wait", "stream_busy",
		"SalesRabbit sync incomplete: 2 created, 0 updated, 0 failed; 1 of 2 streams synced, 1 skipped\n").silent("20 created", "sync skipped")
	if clock.waited != 91*time.Second {
		t.Errorf("it waited %s", clock.waited)
	}
}

// The lease of a process that died ends while somebody waits.
func TestL7TheWaitOutlastsTheLeaseOfADeadProcess(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	d.hold("leads", far, time.Minute)
	d.run("sync", "salesrabbit", "leads", "--wait", "10m").exits(cli.ExitOK).says("20 created").
		warns("run 1, begun ", "is now closed as failed")
}

func TestSIGTERMEndsTheWait(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Users: 2, Seed: 1})
	d.hold("leads", far, 10*time.Hour)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	d.world.Clock = &waiting{after: 5 * time.Minute, do: interrupt}
	d.runIn(ctx, "sync", "salesrabbit", "leads", "users", "--wait", "1h").exits(cli.ExitInterrupted).
		says("salesrabbit leads interrupted: the wait for another run of salesrabbit leads to end", "Fix:   Run the same command again.", "SalesRabbit sync interrupted: ").
		silent("users  full")
}

func TestABusyStreamIsNamedInClearWords(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	d.hold("leads", far, time.Hour)
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitBusy).says("SalesRabbit sync skipped: 0 created, 0 updated, 0 failed\n")
	want := `
salesrabbit leads skipped: run 1 (full) has salesrabbit leads since WHEN, in process 7 on far; its lease lasts until WHEN, and longer while that process lives
  Fix:   Run it again when that run has ended, or let it wait for that with --wait 10m.
  Code:  stream_busy
`
	if got := steady(d.out.String()); !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.run("sync", "salesrabbit", "leads", "--wait", "-1s").exits(cli.ExitUsage).warns("--wait is negative")
	d.run("verify", "salesrabbit", "leads", "--wait", "-1s").exits(cli.ExitUsage).warns("--wait is negative")
	d.run("sync", "salesrabbit", "leads", "--wait", "10").exits(cli.ExitUsage).warns(`--wait takes a time with its unit, such as 10m, and not "10"`)
}

func TestAReplayDoesNotWait(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 20, Seed: 1})
	quarantined(t, d)
	d.hold("leads", far, time.Hour)
	d.run("quarantine", "replay").exits(cli.ExitBusy).says("in process 7 on far", "Run it again when that run has ended.").silent("--wait")
}
