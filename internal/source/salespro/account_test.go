package salespro_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/source/salespro"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// account is a connector on a simulated share, over HTTP.
type account struct {
	t         *testing.T
	share     *sandbox.Server
	url       string
	clock     *clock
	settings  map[string]string
	connector crm.Connector

	mu     sync.Mutex
	events []crm.Event
}

// clock does not wait: it is later, that is all.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	onWait func() // runs when somebody would wait; nil for nothing
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now = c.now.Add(max(d, 0))
	onWait := c.onWait
	c.mu.Unlock()
	if onWait != nil {
		onWait()
	}
	return ctx.Err()
}

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// open starts a share and connects to it. Settings whose names are not given have
// their defaults.
func open(t *testing.T, cfg sandbox.Config, settings map[string]string) *account {
	t.Helper()
	a := &account{t: t, clock: &clock{now: noon}, settings: settings}
	cfg.Clock = a.clock
	var err error
	if a.share, err = sandbox.New(cfg); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(a.share)
	t.Cleanup(func() {
		web.Close()
		if err := a.share.Close(); err != nil {
			t.Error(err)
		}
	})
	a.url = web.URL
	a.reconnect(nil)
	return a
}

// reconnect is another process on the same share, with other settings.
func (a *account) reconnect(settings map[string]string) {
	a.t.Helper()
	connector, err := a.connect(settings)
	if err != nil {
		a.t.Fatal(err)
	}
	a.connector = connector
}

func (a *account) connect(settings map[string]string) (crm.Connector, error) {
	source := salespro.Source()
	values := map[string]string{}
	for _, o := range source.Options {
		values[o.Name] = o.Default
	}
	values["endpoint"], values["database"], values["s3_location"] = a.url, a.share.Database(), a.share.Output()
	values["access_key_id"], values["secret_access_key"] = sandbox.DefaultAccessKey, sandbox.DefaultSecretKey
	values["timeout"] = "1000h" // by a clock that runs
	values["unload_location"] = a.share.Output() + "unloaded"
	for _, more := range []map[string]string{a.settings, settings} {
		for name, value := range more {
			values[name] = value
		}
	}
	return source.Open(crm.Settings{Account: "salespro", Values: values}, crm.Deps{
		Clock: a.clock, Transport: http.DefaultTransport, Observe: a.hear, Log: slog.New(slog.DiscardHandler),
	})
}

func (a *account) hear(e crm.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.events = append(a.events, e)
}

// trap sets the traps.
func (a *account) trap(list string) {
	a.t.Helper()
	traps, err := sandbox.ParseTraps(list)
	if err != nil {
		a.t.Fatal(err)
	}
	a.share.SetTraps(traps)
}

// queries are the states of those that were started.
func (a *account) queries() []string {
	var states []string
	for _, q := range a.share.Athena.Queries() {
		states = append(states, q.State)
	}
	return states
}

// notices are what people were told beside the pages.
func (a *account) notices() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, e := range a.events {
		if n, ok := e.(crm.Notice); ok {
			all = append(all, n.Message)
		}
	}
	return strings.Join(all, "; ")
}

func stream(t *testing.T, name string) crm.Stream {
	t.Helper()
	source := salespro.Source()
	s, ok := source.Stream(name)
	if !ok {
		t.Fatalf("no stream %s", name)
	}
	return s
}

// reading is what a walk has brought.
type reading struct {
	records []string
	pages   []crm.Page
	paid    []crm.Page // those that only say what was paid
	notice  string
	bill    crm.Bill
	err     error
}

// read walks a stream to its end, or for as long as more says.
func (a *account) read(name string, req crm.Request, more func(page int) bool) reading {
	a.t.Helper()
	return a.walk(a.t.Context(), stream(a.t, name), req, more)
}

func (a *account) walk(ctx context.Context, s crm.Stream, req crm.Request, more func(page int) bool) reading {
	var r reading
	for page, err := range a.connector.Read(ctx, s, req) {
		if err != nil {
			r.err = err
			break
		}
		r.bill.Add(page.Bill)
		if page.Notice != "" {
			r.notice = strings.TrimPrefix(r.notice+"; "+page.Notice, "; ")
		}
		if page.Bill != (crm.Bill{}) {
			r.paid = append(r.paid, page)
			continue
		}
		r.pages = append(r.pages, page)
		for _, record := range page.Records {
			r.records = append(r.records, string(record))
		}
		if more != nil && !more(len(r.pages)) {
			break
		}
	}
	return r
}

// mustRead is read without an error.
func (a *account) mustRead(name string, req crm.Request) reading {
	a.t.Helper()
	r := a.read(name, req, nil)
	if r.err != nil {
		a.t.Fatal(r.err)
	}
	if last := r.pages[len(r.pages)-1]; !last.Last {
		a.t.Error("the last page does not say so")
	}
	return r
}

// started is the token of a new walk.
func (a *account) started(name string) string {
	a.t.Helper()
	return a.connector.(crm.Starter).Start(stream(a.t, name), crm.Request{})
}

// truth is what the share has, as JSON by column. Where rows need a key, those that
// lack it are left out.
func (a *account) truth(name, key string) []map[string]any {
	a.t.Helper()
	var all []map[string]any
	columns := a.share.Columns(name)
	kinds := make([]table.Type, len(columns))
	for i, c := range columns {
		var err error
		if kinds[i], err = table.ParseType(c.Type); err != nil {
			a.t.Fatal(err)
		}
	}
	for _, row := range a.share.Rows(name) {
		object := map[string]any{}
		for i, c := range columns {
			object[c.Name] = decode(a.t, row[i].AppendJSON(nil, kinds[i]))
		}
		if key == "" || object[key] != nil && object[key] != "" {
			all = append(all, object)
		}
	}
	return all
}

// decode reads a JSON value, numbers as they are written.
func decode(t *testing.T, raw []byte) (v any) {
	t.Helper()
	var err error
	switch raw[0] {
	case '"':
		var text string
		err = json.Unmarshal(raw, &text)
		v = text
	case '{', '[':
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		err = d.Decode(&v)
	case 't', 'f', 'n':
		err = json.Unmarshal(raw, &v)
	default:
		v = json.Number(raw)
	}
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

// compare holds what was read against what the share has, whatever the order.
func (a *account) compare(name, key string, records []string) {
	a.t.Helper()
	var want, got []string
	for _, object := range a.truth(name, key) {
		text, _ := json.Marshal(object)
		want = append(want, string(text))
	}
	for _, record := range records {
		object, _ := decode(a.t, []byte(record)).(map[string]any)
		delete(object, "content_hash")
		delete(object, "lead_results_by_title")
		text, _ := json.Marshal(object)
		got = append(got, string(text))
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) != len(got) {
		a.t.Fatalf("%s: %d records, the share has %d", name, len(got), len(want))
	}
	for i := range want {
		if want[i] != got[i] {
			a.t.Fatalf("%s: %s\nwas read, the share has\n%s", name, got[i], want[i])
		}
	}
}

func codeIs(t *testing.T, err error, code crm.Code) {
	t.Helper()
	if crm.CodeOf(err) != code || err == nil {
		t.Fatalf("got %v, want a %s", err, code)
	}
}
