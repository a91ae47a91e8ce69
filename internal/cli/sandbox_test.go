package cli_test

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

func TestSandboxServesUntilInterrupted(t *testing.T) {
	d, user := bare(t), bare(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ready, done := make(chan struct{}), make(chan struct{})
	d.out.when("Ctrl-C stops it.", 1, func() { close(ready) })
	go func() {
		defer close(done)
		d.runIn(ctx, "sandbox", "salesrabbit", "--records", "30", "--users", "2", "--seed", "7", "--port", "0", "--token", "secret", "--trap", "latency=1ms", "--trap", "gzip")
	}()
	<-ready
	exports := regexp.MustCompile(`export (\w+)=(\S+)`).FindAllStringSubmatch(d.out.String(), -1)
	if len(exports) != 3 {
		t.Fatalf("%v in\n%s", exports, d.out.String())
	}
	for _, e := range exports {
		user.env[e[1]] = e[2]
	}
	user.run("sync", "salesrabbit", "leads", "users").exits(cli.ExitOK).says("32 created")
	interrupt()
	<-done
	d.exits(cli.ExitOK).says("A simulated SalesRabbit with 30 leads and 2 users listens at http://127.0.0.1:", "Traps: latency=1ms,gzip", "Stopped after ")
	if answer, err := http.Get(user.env["SALESRABBIT_API_URL"]); err == nil {
		_ = answer.Body.Close()
		t.Error("it serves after its end")
	}
}

// truth is all that a sandbox with these flags says of its leads.
func truth(t *testing.T, flags ...string) string {
	t.Helper()
	d := bare(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	ready, done := make(chan struct{}), make(chan struct{})
	d.out.when("Ctrl-C stops it.", 1, func() { close(ready) })
	go func() {
		defer close(done)
		d.runIn(ctx, append([]string{"sandbox", "salesrabbit", "--records", "5", "--port", "0"}, flags...)...)
	}()
	select {
	case <-ready:
	case <-done:
		t.Fatalf("the sandbox ended with %d: %s", d.code, d.err.String())
	}
	url := regexp.MustCompile(`URL=(\S+)`).FindStringSubmatch(d.out.String())[1]
	answer, err := http.Get(url + "/sandbox/leads.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	interrupt()
	<-done
	return string(text)
}

func TestTheSameSeedAndStartGiveTheSameLeads(t *testing.T) {
	may := truth(t, "--seed", "7", "--start", "2026-05-01")
	if again := truth(t, "--seed", "7", "--start", "2026-05-01"); may == "" || again != may {
		t.Errorf("got\n%s\nthen\n%s", may, again)
	}
	for _, other := range [][]string{{"--seed", "8", "--start", "2026-05-01"}, {"--seed", "7", "--start", "2026-05-01T00:00:01Z"}, {"--seed", "7"}} {
		if truth(t, other...) == may {
			t.Errorf("%v gives the same leads", other)
		}
	}
	for start, says := range map[string]string{"1979-12-31": "cannot start at 1979-12-31", "1900-01-01": "cannot start at 1900", "2999-01-01": "cannot start at 2999", "noon": `--start "noon" is no date`} {
		bare(t).run("sandbox", "salesrabbit", "--port", "0", "--start", start).exits(cli.ExitUsage).warns(says, "Code: usage").silent("--full")
	}
}

func TestSandboxJSON(t *testing.T) {
	d := bare(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	d.out.when("}\n", 1, interrupt)
	d.runIn(ctx, "sandbox", "salesrabbit", "--records", "3", "--port", "0", "--output", "json").exits(cli.ExitOK)
	type announced struct {
		URL, Token string
		Leads      int
	}
	if got := answer[announced](d); !strings.HasPrefix(got.URL, "http://127.0.0.1:") || got.Token != salesrabbit.DefaultToken || got.Leads != 3 {
		t.Errorf("%+v", got)
	}
}

func TestSandboxMistakes(t *testing.T) {
	d := bare(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	d.run("sandbox", "salesrabbit", "--port", port).exits(cli.ExitUsage).warns("port "+port+" is in use by another program", "--port 0")
	d.run("sandbox", "salesrabbit", "--port", "70000").exits(cli.ExitUsage).warns("there is no port 70000")
	d.run("sandbox", "salesrabbit", "--records", "-1").exits(cli.ExitUsage).warns("from 0 to")
	d.run("sandbox", "salesrabbit", "--trap", "latncy=1s").exits(cli.ExitUsage).warns("Did you mean latency?")
	d.run("sandbox", "hubspott").exits(cli.ExitUsage).warns(`there is no command "warren sandbox hubspott"`)
	d.run("sandbox", "salesrabbit", "--list-traps").exits(cli.ExitOK).says("latency", "usersrepeat")
	for line := range strings.Lines(d.out.String()) {
		if len(line) > 100 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
	type traps struct{ Traps []struct{ Name, Help string } }
	if got := answer[traps](d.run("sandbox", "salesrabbit", "--list-traps", "--output", "json").exits(cli.ExitOK)); len(got.Traps) < 20 {
		t.Errorf("%+v", got)
	}
}

// The examples in the help work as they stand, and do what is said of them.
func TestTheControlsInTheHelp(t *testing.T) {
	d := bare(t)
	url, server := sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 100, Users: 3, Seed: 1})
	help := d.run("sandbox", "salesrabbit", "--help").exits(cli.ExitOK).out.String()
	examples := regexp.MustCompile(`(?m)^  curl (?:-X (\S+) -d '(.*?)' )?\$at(/\S+) +# (.+)$`).FindAllStringSubmatch(help, -1)
	if n := strings.Count(help, "  curl "); n != 13 || len(examples) != n {
		t.Fatalf("%d examples, of which %d can be read:\n%s", n, len(examples), help)
	}
	for _, e := range examples {
		method, body, path, does := cmp.Or(e[1], http.MethodGet), e[2], e[3], e[4]
		before := server.State()
		req, err := http.NewRequestWithContext(t.Context(), method, url+"/sandbox"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s %s %s: %s %s", method, path, body, answer.Status, said)
		}
		now := server.State()
		got := [4]int{now.Leads - before.Leads, now.SoftDeleted - before.SoftDeleted, now.Gone - before.Gone, strings.Count(string(said), "\n")}
		want, ok := map[string][4]int{
			"edit ten leads at random": {}, "or those with these ids": {}, "a new status; dateModified stays": {}, "any value": {}, "edit a user": {},
			"add five": {5}, "outright: no list shows them": {-2, 0, 2}, "shown on, with deletedAt": {0, 2}, "bring back what was deleted": {2, -2, -2},
			"a new lead with it": {1}, "other traps from now on": {}, "what there is, what was asked": {}, "the truth: all leads, one a line": {0, 0, 0, 106},
		}[does]
		if !ok || got != want {
			t.Errorf("%s: %v, want %v", does, got, want)
		}
	}
}
