package pgtest

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestURLIsAnEmptyDatabaseOfItsOwn(t *testing.T) {
	first := connect(t, URL(t))
	run(t, first, "CREATE TABLE lead (id bigint)")

	second := connect(t, URL(t))
	if n := ask[int](t, second, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); n != 0 {
		t.Errorf("a fresh database holds %d tables", n)
	}
	if encoding := ask[string](t, second, "SHOW server_encoding"); encoding != "UTF8" {
		t.Errorf("encoding is %s", encoding)
	}
}

func TestURLIsDroppedWithItsTest(t *testing.T) {
	var name string
	passed := t.Run("inner", func(t *testing.T) {
		address := URL(t)
		config, err := pgx.ParseConfig(address)
		if err != nil {
			t.Fatal(err)
		}
		name = config.Database
		// Left open on purpose, with an open transaction.
		conn, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		run(t, conn, "BEGIN")
		run(t, conn, "CREATE TABLE lead (id bigint)")
	})
	if !passed {
		t.Fatal("the inner test failed")
	}
	conn := connect(t, URL(t))
	if n := ask[int](t, conn, "SELECT count(*) FROM pg_database WHERE datname = '"+name+"'"); n != 0 {
		t.Errorf("%s outlived its test", name)
	}
}

func TestURLUsesTheServerOfTheEnvironment(t *testing.T) {
	server := Dedicated(t, Setting("cluster_name", "external"))
	t.Setenv("TEST_DATABASE_URL", server.URL("postgres")+"&application_name=warren")

	conn := connect(t, URL(t))
	if name := ask[string](t, conn, "SHOW cluster_name"); name != "external" {
		t.Errorf("the database is on server %q", name)
	}
	if name := ask[string](t, conn, "SELECT current_database()"); !strings.HasPrefix(name, "warren_test_") {
		t.Errorf("the test was given %s, which is not its own", name)
	}
	if name := ask[string](t, conn, "SHOW application_name"); name != "warren" {
		t.Errorf("a parameter of the address was lost: application_name is %q", name)
	}
}

func TestURLFailsWithoutShowingThePassword(t *testing.T) {
	for _, address := range []string{
		"postgres://user:s3cret@127.0.0.1:not-a-port/db",
		"mysql://user:s3cret@127.0.0.1/db",
		"host=127.0.0.1 password=s3cret",
		"postgres://user:s3cret@127.0.0.1:1/db?connect_timeout=5",
	} {
		t.Setenv("TEST_DATABASE_URL", address)
		message := failure(t, func(tb testing.TB) { URL(tb) })
		if message == "" || strings.Contains(message, "s3cret") {
			t.Errorf("%s: the test fails with %q", address, message)
		}
	}
}

func TestURLNeedsMain(t *testing.T) {
	var s sharedServer
	if _, err := s.get(); !errors.Is(err, errNoMain) {
		t.Errorf("got %v", err)
	}
}

func TestServerLivesAsLongAsTheTestsOfItsPackage(t *testing.T) {
	var s sharedServer
	var address string
	code := around{shared: &s, tests: tests(func() int {
		first, err := s.get()
		if err != nil {
			t.Error(err)
			return 1
		}
		address = first.URL("postgres")
		if second, err := s.get(); second != first || err != nil {
			t.Errorf("two tests of a package were given two servers (%v)", err)
		}
		run(t, connect(t, address), "SELECT 1")
		return 7
	})}.Run()
	if code != 7 {
		t.Errorf("the exit code of the tests became %d", code)
	}
	if _, err := pgx.Connect(t.Context(), address); err == nil {
		t.Error("the server outlived the tests")
	}
	if _, err := s.get(); !errors.Is(err, errNoMain) {
		t.Errorf("a server was to be had after the end: %v", err)
	}
}

func TestNoServerForARunThatNeedsNone(t *testing.T) {
	var s sharedServer
	code := around{shared: &s, tests: tests(func() int { return 0 })}.Run()
	if code != 0 || s.server != nil {
		t.Errorf("exit code %d, server %v", code, s.server)
	}
}

// tests is a package's tests.
type tests func() int

func (f tests) Run() int { return f() }

func TestSharedServerTriesOnce(t *testing.T) {
	s := sharedServer{open: true, err: ErrNotInstalled}
	if server, err := s.get(); server != nil || !errors.Is(err, ErrNotInstalled) {
		t.Errorf("got %v, %v", server, err)
	}
}

// failure returns how fn fails the test that it is given, or "".
func failure(t *testing.T, fn func(testing.TB)) string {
	t.Helper()
	tb := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(tb)
	}()
	<-done
	return tb.message
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	message string
}

func (r *recorder) Fatal(args ...any) {
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			r.message += err.Error()
		}
	}
	runtime.Goexit()
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Whether it still stands does not matter to the test.
		_ = conn.Close(context.Background())
	})
	return conn
}

func run(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func ask[T any](t *testing.T, conn *pgx.Conn, query string) T {
	t.Helper()
	var answer T
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}
