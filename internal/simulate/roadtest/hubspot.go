package roadtest

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

func openHubSpot(t testing.TB, cfg Config, clock *crmtest.Clock, start time.Time) *account {
	t.Helper()
	traps, err := sandbox.ParseTraps(cfg.Traps)
	if err != nil {
		t.Fatal(err)
	}
	traps.Dirty = cfg.Dirty
	url, s := sandboxtest.HubSpot(t, sandbox.Config{Records: cfg.Records, Seed: cfg.Seed, Start: start, Clock: clock, Traps: traps})
	site := hubSpotSite{s}
	return &account{
		source: hubspot.Source(), url: url,
		settings: map[string]string{
			"url": url, "token": sandbox.DefaultToken, "rate": "0", "search_rate": "0", "associations": "deals-contacts",
			"sweep_every": "0s", // a run is of the mode that the test asks for
		},
		streams: []string{"contacts", "deals", "deals_contacts", "owners", "pipelines", "pipeline_stages"},
		people:  map[string]People{"contacts": site.objects("contacts"), "deals": site.objects("deals"), "deals_contacts": site.links()},
		paged:   func(c crm.Connector, size int) crm.Connector { return paged{c, size} },
	}
}

// hubSpotSite is an account of HubSpot and its people.
type hubSpotSite struct{ *sandbox.Server }

func (s hubSpotSite) objects(typ string) People {
	p := People{
		Change: func(n int) { s.Server.Change(typ, sandbox.Random(n)) },
		Insert: func(n int) { s.Create(typ, n) },
		form:   readable,
	}
	p.Deeds = []Deed{
		{Newer, p.Change},
		{Newer, func(n int) { s.Import(typ, (n+3)/4) }},
		{Changed, func(n int) { s.merge(typ, n) }},
		{Untold, func(n int) { s.Restore(typ, sandbox.Random(n)) }},
		{Untold, func(n int) { s.Archive(typ, sandbox.Random(n)) }},
		{Untold, func(n int) { s.Recalculate(typ, sandbox.Random(n)) }},
		{Untold, func(n int) { s.Purge(typ, sandbox.Random((n+3)/4)) }},
	}
	p.truth = func() (facts []Fact) {
		for _, state := range []string{Present, Missing} {
			records := s.Records(typ)
			if state == Missing {
				records = s.Archived(typ)
			}
			for _, record := range records {
				facts = append(facts, Fact{p.Form(record), state})
			}
		}
		return facts
	}
	return p
}

// readable takes out of a record what HubSpot shows to nobody who reads all of them.
func readable(record map[string]any) {
	delete(record, "url")
	delete(record, "createdAt")
	if properties, is := record["properties"].(map[string]any); is {
		delete(properties, "medical_note") // they are sensitive
		delete(properties, "ssn_last_four")
	}
}

// merge has a fourth as many records as n take up one other each.
func (s hubSpotSite) merge(typ string, n int) {
	ids := s.ids(typ)
	for i := range min((n+3)/4, len(ids)/2) {
		s.Merge(typ, ids[len(ids)-1-i], ids[i])
	}
}

func (s hubSpotSite) ids(typ string) []int64 {
	var ids []int64
	for id := range s.Records(typ) {
		ids = append(ids, id)
	}
	return ids
}

// links are the associations of deals with contacts.
func (s hubSpotSite) links() People {
	p := People{
		Blind: true, // the contacts of a deal are merged and archived
		form:  func(record map[string]any) { delete(record, "types") },
	}
	p.Insert = func(n int) { s.associate(n, true) }
	p.Change = p.Insert
	p.Deeds = []Deed{
		{Changed, p.Insert},
		{Untold, func(n int) { s.associate(n, false) }},
		{Untold, s.dissociate},
	}
	p.truth = func() (facts []Fact) {
		for deal, contacts := range s.Associations("deals", "contacts") {
			for _, contact := range contacts {
				record := `{"deal_id":"` + strconv.FormatInt(deal, 10) + `","contact_id":"` + strconv.FormatInt(contact, 10) + `"}`
				facts = append(facts, Fact{p.Form([]byte(record)), Present})
			}
		}
		return facts
	}
	return p
}

// associate adds a contact to each of n deals, which are saved then or not.
func (s hubSpotSite) associate(n int, saved bool) {
	deals, contacts := s.ids("deals"), s.ids("contacts")
	for i := range min(n, len(deals), len(contacts)) {
		deal := deals[(i*3)%len(deals)]
		s.Associate("deals", deal, "contacts", contacts[(i*7+len(contacts)/2)%len(contacts)])
		if saved {
			s.Change("deals", sandbox.These(deal))
		}
	}
}

// dissociate takes one contact from each of n deals, which are not saved.
func (s hubSpotSite) dissociate(n int) {
	type pair struct{ deal, contact int64 }
	var pairs []pair
	for deal, contacts := range s.Associations("deals", "contacts") {
		pairs = append(pairs, pair{deal, slices.Max(contacts)})
	}
	for _, p := range pairs[:min(n, len(pairs))] {
		s.Dissociate("deals", p.deal, "contacts", p.contact)
	}
}

// paged is a connector that asks for pages of a size.
type paged struct {
	crm.Connector

	size int
}

func (p paged) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	req.PageSize = p.size
	return p.Connector.Read(ctx, stream, req)
}
