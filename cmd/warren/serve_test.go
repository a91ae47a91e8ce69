package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

// What HubSpot tells of is in the warehouse as soon as warren serve has read it: a
// change, a record that is new, one that is gone, one that another took up. A call that
// is not signed with the app's secret changes nothing. A signal ends it in peace.
func TestServeReadsWhatHubSpotTells(t *testing.T) {
	const secret = "the app's"
	onBoth(t, func(t *testing.T, db store) {
		url, hub := sandboxtest.HubSpot(t, hubspot.Config{Counts: map[string]int{"contacts": 40}, Seed: 3})
		program := func(ctx context.Context, args ...string) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0], args...)
			cmd.Dir = t.TempDir()
			cmd.Env = append(os.Environ(), asWarren+"=1", "DATABASE_URL="+db.url, "HUBSPOT_API_URL="+url, "HUBSPOT_API_TOKEN="+hubspot.DefaultToken,
				"HUBSPOT_RATE=0", "HUBSPOT_SEARCH_RATE=0", "HUBSPOT_WEBHOOK_SECRET="+secret)
			return cmd
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		if _, log, exit := says(t, program(ctx, "sync", "hubspot", "contacts")); exit != 0 {
			t.Fatalf("exit code %d: %s", exit, log)
		}

		serve := program(ctx, "serve", "--listen", "127.0.0.1:0")
		out, log := lines(t, serve.StdoutPipe), lines(t, serve.StderrPipe)
		if err := serve.Start(); err != nil {
			t.Fatal(err)
		}
		at := after(t, out, "hubspot calls ")
		var all []int64
		for id := range hub.Records("contacts") {
			all = append(all, id)
		}
		slices.Sort(all)
		hub.Subscribe(hubspot.Webhook{URL: at, Secret: "somebody else's"})
		hub.Change("contacts", hubspot.These(all[0]))
		if d := hub.Tell(ctx); d.Events != 0 || d.Failed == 0 {
			t.Errorf("a call with another secret: %+v", d)
		}
		hub.Subscribe(hubspot.Webhook{URL: at, Secret: secret})
		hub.Change("contacts", hubspot.These(all[1]))
		created := hub.Create("contacts", 1)
		hub.Purge("contacts", hubspot.These(all[2]))
		survivor, _ := hub.Merge("contacts", all[3], all[4])
		if d := hub.Tell(ctx); d.Events == 0 || d.Failed != 0 {
			t.Errorf("told %+v", d)
		}
		after(t, log, "Completed hubspot contacts ")

		if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		for range log { // it is read to its end before the process is waited for
		}
		if err := serve.Wait(); serve.ProcessState.ExitCode() != 0 {
			t.Errorf("%v", err)
		}
		for id, want := range map[int64]string{all[1]: "as told", created[0]: "as told", survivor: "as told", all[0]: "as before", all[2]: "gone", all[4]: "gone"} {
			if got := stands(t, db, hub, id); got != want {
				t.Errorf("%d: %s, want %s", id, got, want)
			}
		}
	})
}

// stands says how the row of a contact stands to the source.
func stands(t *testing.T, db store, hub *hubspot.Server, id int64) string {
	t.Helper()
	var data string
	var gone bool
	db.each(t, func() {}, []any{&data, &gone},
		"SELECT CAST(data AS text), warren_deleted_at IS NOT NULL FROM ingestion_hubspot_contact WHERE id = $1", strconv.FormatInt(id, 10))
	record, _ := hub.Record("contacts", id)
	_, now, _ := strings.Cut(string(record), `"lastmodifieddate":"`)
	now, _, _ = strings.Cut(now, `"`)
	switch {
	case data == "":
		return "no row"
	case gone:
		return "gone"
	case strings.Contains(data, now):
		return "as told"
	default:
		return "as before"
	}
}

// lines hands on what a process prints, line by line, until it ends.
func lines[R interface{ Read([]byte) (int, error) }](t *testing.T, pipe func() (R, error)) <-chan string {
	t.Helper()
	r, err := pipe()
	if err != nil {
		t.Fatal(err)
	}
	list := make(chan string, 1000)
	go func() {
		defer close(list)
		for s := bufio.NewScanner(r); s.Scan(); {
			list <- s.Text()
		}
	}()
	return list
}

// after waits for a line with that in it and returns what comes behind.
func after(t *testing.T, lines <-chan string, mark string) string {
	t.Helper()
	var all []string
	for line := range lines {
		if _, behind, ok := strings.Cut(line, mark); ok {
			return behind
		}
		all = append(all, line)
	}
	t.Fatalf("no %q in\n%s", mark, strings.Join(all, "\n"))
	return ""
}
