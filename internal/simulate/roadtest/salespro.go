package roadtest

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm/crmtest"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/source/salespro"
)

func openSalesPro(t testing.TB, cfg Config, clock *crmtest.Clock, start time.Time) *account {
	t.Helper()
	traps, err := sandbox.ParseTraps(cfg.Traps)
	if err != nil {
		t.Fatal(err)
	}
	url, s := sandboxtest.SalesPro(t, sandbox.Config{Records: cfg.Records, Seed: cfg.Seed, Start: start, Clock: clock, Traps: traps})
	share := salesProShare{s, t, clock}
	share.soil(cfg.Dirty)
	a := &account{
		source: salespro.Source(), url: url,
		settings: map[string]string{
			"endpoint": url, "database": s.Database(), "s3_location": s.Output(), "unload_location": s.Output() + "unloaded",
			"access_key_id": sandbox.DefaultAccessKey, "secret_access_key": sandbox.DefaultSecretKey,
			"timeout": "1000h", // by a clock that does not wait
		},
		streams: s.Tables(), people: map[string]People{},
		network: func(next http.RoundTripper) http.RoundTripper { return prompt{next, s} },
		paid:    func() int { return len(s.Athena.Queries()) },
	}
	for _, name := range a.streams {
		stream, _ := a.source.Stream(name)
		people := share.people(name)
		people.Whole = !stream.Incremental
		a.people[name] = people
	}
	return a
}

// salesProShare is a share of SalesPro and its people.
type salesProShare struct {
	*sandbox.Server

	t     testing.TB
	clock *crmtest.Clock
}

// people are those who work on a table.
func (s salesProShare) people(name string) People {
	spoilt, turn := map[int]bool{}, 0
	// some is another row each time, and never one that no table takes.
	some := func() sandbox.Pick {
		var rows []int
		for row := range s.Rows(name) {
			if !spoilt[row] {
				rows = append(rows, row)
			}
		}
		if turn += 7; len(rows) == 0 {
			return sandbox.Pick{}
		}
		return sandbox.These(rows[turn%len(rows)])
	}
	p := People{
		Insert: func(n int) { s.each(n, func() ([]int, error) { return s.Server.Insert(name, 1) }) },
		form: func(record map[string]any) {
			delete(record, "content_hash")
			delete(record, "lead_results_by_title")
		},
	}
	p.Change = func(n int) { s.each(n, func() ([]int, error) { return s.Server.Change(name, some()) }) }
	if name == sandbox.Activity {
		p.Change = p.Insert // a log
		p.Deeds = []Deed{{Newer, p.Insert}}
	} else {
		p.Deeds = []Deed{
			{Newer, p.Change},
			{Newer, func(n int) { p.Insert((n + 3) / 4) }},
		}
	}
	if name != sandbox.Activity && name != sandbox.LeadResult && name != sandbox.Customer { // of several with one key none goes
		p.Deeds = append(p.Deeds, Deed{Untold, func(n int) { s.each(min(n, s.Count(name)/4), func() ([]int, error) { return s.Delete(name, some()) }) }})
	}
	if key := map[string]string{sandbox.Estimate: "estimate_id", sandbox.Payment: "payment_id"}[name]; key != "" {
		p.Spoil = func() {
			row, err := s.Put(name, sandbox.Fields{key: nil})
			s.must(err)
			spoilt[row] = true
		}
	}
	p.truth = func() (facts []Fact) {
		all := table.Type{Kind: table.RowKind}
		for _, column := range s.Columns(name) {
			kind, err := table.ParseType(column.Type)
			s.must(err)
			all.Names, all.Parts = append(all.Names, column.Name), append(all.Parts, kind)
		}
		for _, row := range s.Rows(name) {
			facts = append(facts, Fact{p.Form(table.Nested(row...).AppendJSON(nil, all)), Present})
		}
		if name == sandbox.Activity { // what stands in a log twice is one row
			slices.SortFunc(facts, func(a, b Fact) int { return strings.Compare(a.Record, b.Record) })
			facts = slices.Compact(facts)
		}
		return facts
	}
	return p
}

// soil gives so great a share of the estimates a zip code that is none.
func (s salesProShare) soil(share float64) {
	for row := range s.Rows(sandbox.Estimate) {
		if int(float64(row+1)*share) > int(float64(row)*share) {
			s.must(s.Edit(sandbox.Estimate, row, sandbox.Fields{"zip_code": "ask the office"}))
		}
	}
}

// each does something n times, each at a time of its own: of two rows with one key
// and one time of change nobody can say which is the newer.
func (s salesProShare) each(n int, do func() ([]int, error)) {
	for range n {
		s.clock.Pass(time.Millisecond)
		_, err := do()
		s.must(err)
	}
}

func (s salesProShare) must(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
}

// prompt is the way to a share whose queries are done when somebody asks how far
// they are, so that each run of one kind makes the same calls.
type prompt struct {
	http.RoundTripper

	share *sandbox.Server
}

func (p prompt) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetQueryExecution") {
		for !p.idle() {
			runtime.Gosched()
		}
	}
	return p.RoundTripper.RoundTrip(r)
}

// idle reports whether no query is under way.
func (p prompt) idle() bool {
	for _, query := range p.share.Athena.Queries() {
		if query.State == "QUEUED" || query.State == "RUNNING" {
			return false
		}
	}
	return true
}
