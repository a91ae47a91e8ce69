package app_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/warehouse"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// script is a CRM with things and parts that answers as it is told.
type script struct {
	records map[string][]string // by stream
	fails   map[string]error    // by stream
	cannot  error               // why no connector can be opened
	asked   []string            // the streams that were checked or read, in order
	retries string              // the option of the account that was opened last
	opened  int                 // how often an account was opened
	reads   func()              // called while a stream is read; nil for nothing
	bill    crm.Bill
	most    []int64 // what each stream read may have scanned

	mu sync.Mutex
}

// note remembers that a stream was checked or read.
func (s *script) note(stream string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, stream)
}

func (s *script) Check(_ context.Context, stream crm.Stream) error {
	s.note(stream.Name)
	return s.fails[stream.Name]
}

func (s *script) Read(_ context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	s.note(stream.Name)
	s.mu.Lock()
	s.most = append(s.most, req.MaxScan)
	s.mu.Unlock()
	return func(yield func(crm.Page, error) bool) {
		if err := s.fails[stream.Name]; err != nil {
			yield(crm.Page{}, err)
			return
		}
		if s.reads != nil {
			s.reads()
		}
		page := crm.Page{Bill: s.bill}
		for _, record := range s.records[stream.Name] {
			page.Records = append(page.Records, []byte(record))
		}
		page.Last, page.Requests = true, 1
		yield(page, nil)
	}
}

func (s *script) source() crm.Source {
	stream := func(name string, aliases ...string) crm.Stream {
		return crm.Stream{
			Name: name, Aliases: aliases, Table: "acme_" + name, TableAliases: []string{"old_" + name}, PrimaryKey: []string{"id"}, Optional: true,
			Fields: []crm.Field{
				{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
				{Column: "email", Paths: []string{"email"}, Type: crm.TypeText, Rule: crm.Rule{Type: "email"}},
			},
		}
	}
	return crm.Source{
		Type: "acme", Title: "Acme", Summary: "anvils", Streams: []crm.Stream{stream("things", "thing"), stream("parts"), listed(stream("people"))}, Billed: true,
		Options: []crm.Option{
			{Name: "token", Kind: crm.OptionText, Secret: true, Required: true, Env: []string{"ACME_TOKEN"}},
			{Name: "max_scan_bytes", Kind: crm.OptionSize},
			{Name: "on_max_scan", Kind: crm.OptionChoice, Choices: []string{"refuse", "warn"}, Default: "refuse"},
			{Name: "retries", Kind: crm.OptionInteger, Default: "5"},
		},
		Open: func(settings crm.Settings, _ crm.Deps) (crm.Connector, error) {
			s.retries = settings.Text("retries")
			s.opened++
			return s, s.cannot
		},
	}
}

// listed makes a stream one that comes in files.
func listed(stream crm.Stream) crm.Stream {
	stream.FromFile = true
	return stream
}

// open is an App on that CRM; yaml is the whole of warren.yaml.
func (s *script) open(t *testing.T, database, yaml string) *app.App {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, config.DefaultFile), yaml)
	cfg, err := config.Load(config.Input{Dir: dir, Sources: []crm.Source{s.source()}, Overrides: config.Overrides{Database: database}})
	if err != nil {
		t.Fatal(err)
	}
	return &app.App{Config: cfg, Clock: crm.SystemClock{}, Log: slog.New(slog.DiscardHandler), Observe: func(crm.Event) {}}
}

const withToken = "sources: {acme: {token: t}}"

// onBoth runs a test with a new database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, database string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:///"+filepath.Join(t.TempDir(), "here.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgtest.URL(t)) })
}

func wantCode(t *testing.T, err error, code crm.Code) {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) || e.Code != code || e.Message == "" || e.Fix == "" {
		t.Fatalf("got %v, want a %s with a message and a fix", err, code)
	}
}

// fixOf returns what an error says to do.
func fixOf(err error) string {
	var e *crm.Error
	if errors.As(err, &e) {
		return e.Fix
	}
	return ""
}

// number returns the one number that a query yields.
func number(t *testing.T, a *app.App, query string) (n int64) {
	t.Helper()
	_, err := a.Look(t.Context(), func(db warehouse.Driver) error {
		rows, err := db.Query(t.Context(), query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func record(n int) string { return fmt.Sprintf(`{"id":%d,"email":"x%d"}`, n, n) }
