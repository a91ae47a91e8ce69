package roadtest

import (
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm/crmtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
)

func openSalesRabbit(t testing.TB, cfg Config, clock *crmtest.Clock, start time.Time) *account {
	t.Helper()
	traps, err := sandbox.ParseTraps(cfg.Traps)
	if err != nil {
		t.Fatal(err)
	}
	traps.Dirty = cfg.Dirty
	url, s := sandboxtest.SalesRabbit(t, sandbox.Config{Records: cfg.Records, Seed: cfg.Seed, Start: start, Clock: clock, Traps: traps})
	a := &account{
		source: salesrabbit.Source(), url: url,
		settings: map[string]string{"url": url, "token": sandbox.DefaultToken, "rate": "0"},
		streams:  []string{"leads", "users", "leadStatuses", "leadStatusHistories"}, pageOption: "page_size",
	}
	leads := People{
		Change: func(n int) { s.Change(sandbox.Random(n)) },
		Insert: func(n int) { s.Insert(n) },
		Spoil: func() {
			s.PutWhole([]byte(`{"firstName":"has no id","dateModified":"2026-01-01T00:00:00+00:00"}`))
			s.PutWhole([]byte(`"no record at all"`))
		},
	}
	leads.Deeds = []Deed{
		{Newer, leads.Change},
		{Changed, func(n int) { s.TouchStatus(sandbox.Random(n)) }},
		{Changed, func(n int) { s.Restore(sandbox.Random(n)) }},
		{Newer, func(n int) { s.Delete(sandbox.Random(n), sandbox.Soft) }},
		{Newer, func(n int) { leads.Insert((n + 3) / 4) }},
		{Untold, func(n int) { s.Restore(sandbox.Random(n - n/4)) }},
		{Untold, func(n int) { s.Delete(sandbox.Random(n), sandbox.Gone) }},
	}
	leads.truth = func() (facts []Fact) {
		for _, record := range s.Leads() {
			fact := Fact{leads.Form(record), Missing}
			if strings.Contains(fact.Record, `"deletedAt":null`) {
				fact.State = Present
			}
			facts = append(facts, fact)
		}
		return facts
	}
	users := People{Change: func(n int) { s.ChangeUsers(n) }}
	users.Deeds = []Deed{{Changed, users.Change}}
	a.people = map[string]People{"leads": leads, "users": users}
	return a
}
