package pgtest

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestServerKeepsWhatWasCommitted(t *testing.T) {
	server := Dedicated(t)
	address, err := server.NewDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, connect(t, address), "CREATE TABLE lead (id bigint)")
	committed := 0
	for _, mode := range []Mode{Fast, Immediate, Kill} {
		conn := connect(t, address)
		run(t, conn, "INSERT INTO lead SELECT generate_series(1, 1000)")
		committed += 1000
		run(t, conn, "BEGIN")
		run(t, conn, "INSERT INTO lead SELECT generate_series(1, 1000)")
		if err := server.Stop(mode); err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		if _, err := conn.Exec(t.Context(), "COMMIT"); err == nil {
			t.Errorf("%s: a connection outlived its server", mode)
		}
		if _, err := pgx.Connect(t.Context(), address); err == nil {
			t.Errorf("%s: a stopped server takes connections", mode)
		}
		if err := server.Start(); err != nil {
			t.Fatalf("%s: %v", mode, err)
		}
		if n := ask[int](t, connect(t, address), "SELECT count(*) FROM lead"); n != committed {
			t.Errorf("%s: the server came back with %d rows of %d", mode, n, committed)
		}
	}
}

func TestServerSettings(t *testing.T) {
	cases := map[string]struct {
		options []Option
		want    map[string]string
	}{
		"tests do without the disk's guard, not without commits": {
			want: map[string]string{"fsync": "off", "synchronous_commit": "on", "TimeZone": "UTC"},
		},
		"durable": {
			options: []Option{Durable()},
			want:    map[string]string{"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"},
		},
		"a setting": {
			options: []Option{Setting("timezone", "Asia/Kolkata"), Setting("max_connections", "7")},
			want:    map[string]string{"TimeZone": "Asia/Kolkata", "max_connections": "7", "fsync": "off"},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn := connect(t, Dedicated(t, c.options...).URL("postgres"))
			for setting, want := range c.want {
				if got := ask[string](t, conn, "SHOW "+setting); got != want {
					t.Errorf("%s is %s, want %s", setting, got, want)
				}
			}
		})
	}
}

func TestServerIgnoresTheEnvironment(t *testing.T) {
	t.Setenv("PGCLIENTENCODING", "LATIN1")
	conn := connect(t, Dedicated(t).URL("postgres"))
	if encoding := ask[string](t, conn, "SHOW client_encoding"); encoding != "UTF8" {
		t.Errorf("the server talks %s", encoding)
	}
}

func TestServerAddresses(t *testing.T) {
	server := Dedicated(t)
	over := func(address string) string {
		return ask[string](t, connect(t, address), "SELECT coalesce(host(inet_server_addr()), 'socket')")
	}
	if got := over(server.URL("postgres")); got != "127.0.0.1" {
		t.Errorf("URL leads over %s", got)
	}
	if got := over(server.SocketURL("postgres")); got != "socket" {
		t.Errorf("SocketURL leads over %s", got)
	}

	stranger := strings.Replace(server.URL("postgres"), server.password, "guess", 1)
	_, err := pgx.Connect(t.Context(), stranger)
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "28P01" {
		t.Errorf("a stranger on this machine gets %v, want wrong password", err)
	}
	info, err := os.Stat(server.dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the socket is open to others: %v", info.Mode())
	}
}

func TestServerIsStartedAndStoppedInTurn(t *testing.T) {
	server := Dedicated(t)
	if err := server.Start(); !errors.Is(err, errRunning) {
		t.Errorf("a second start: %v", err)
	}
	if err := server.Stop("gently"); err == nil || !strings.Contains(err.Error(), "gently") {
		t.Errorf("an unknown mode: %v", err)
	}
	run(t, connect(t, server.URL("postgres")), "SELECT 1") // it still runs
	if err := server.Stop("fast"); err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(Fast); !errors.Is(err, errStopped) {
		t.Errorf("a second stop: %v", err)
	}
}

func TestServerThatEndedByItselfCanBeStarted(t *testing.T) {
	server := Dedicated(t)
	conn := connect(t, server.URL("postgres"))
	if err := server.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Only the end of the server ends this wait.
	if _, err := conn.WaitForNotification(t.Context()); err == nil {
		t.Fatal("the connection outlived its server")
	}
	if err := errors.Join(server.Stop(Immediate), server.Start()); err != nil {
		t.Fatal(err)
	}
	run(t, connect(t, server.URL("postgres")), "SELECT 1")
}

func TestCloseLeavesNothing(t *testing.T) {
	server, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(server.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory is still there: %v", err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(server.port))
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
		_ = conn.Close()
		t.Error("something still listens on the server's port")
	}
}

func TestServerThatCannotStartSaysWhyAndLeavesNothing(t *testing.T) {
	parent := openDir(t)
	t.Setenv("TMPDIR", parent)
	_, err := Open(Setting("no_such_setting", "1"))
	if err == nil || !strings.Contains(err.Error(), `unrecognized configuration parameter "no_such_setting"`) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 0 {
		t.Errorf("%v was left behind", left)
	}
}
