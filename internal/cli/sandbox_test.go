package cli_test

import (
	"context"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
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
