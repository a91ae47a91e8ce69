package roadtest

import (
	"cmp"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
)

// Source is a kind of CRM.
type Source string

// The sources.
const (
	SalesRabbit Source = "salesrabbit"
	HubSpot     Source = "hubspot"
	SalesPro    Source = "salespro"
)

// OnEach runs a test once with each source.
func OnEach(t *testing.T, test func(t *testing.T, source Source)) {
	t.Helper()
	for _, source := range []Source{SalesRabbit, HubSpot, SalesPro} {
		t.Run(string(source), func(t *testing.T) { test(t, source) })
	}
}

// Config describes an account.
type Config struct {
	Source   Source // "" is SalesRabbit
	Records  int    // of the stream that the source has most of
	Seed     uint64
	Dirty    float64           // so great a share of the values is senseless, where people type any
	Traps    string            // how the source misbehaves, in the words of its sandbox
	Settings map[string]string // of the account, over the defaults
}

// account is a simulated account as any source has it.
type account struct {
	source   crm.Source
	url      string
	settings map[string]string // over the defaults of the source
	streams  []string          // those that are synced
	people   map[string]People // by stream; some have none

	network    func(http.RoundTripper) http.RoundTripper     // stands between Warren and the wire; nil for nothing
	pageOption string                                        // the setting of how much a page holds; "" where there is none
	paged      func(c crm.Connector, size int) crm.Connector // has a connector ask for smaller pages; nil where it cannot
	paid       func() int                                    // how many questions were asked that cost money; nil where none does
}

// open opens the account. Its newest record is a day older than the clock shows.
func (cfg Config) open(t testing.TB, clock *crmtest.Clock) *account {
	t.Helper()
	start := clock.Now().Add(-24 * time.Hour)
	opening := map[Source]func(testing.TB, Config, *crmtest.Clock, time.Time) *account{
		SalesRabbit: openSalesRabbit, HubSpot: openHubSpot, SalesPro: openSalesPro,
	}
	a := opening[cmp.Or(cfg.Source, SalesRabbit)](t, cfg, clock, start)
	maps.Copy(a.settings, cfg.Settings)
	if a.source.More != nil {
		more, err := a.source.More(a.configured(nil))
		if err != nil {
			t.Fatal(err)
		}
		a.source.Streams = append(a.source.Streams, more...)
	}
	return a
}

// configured is the account's settings, with some of a trip's own over them.
func (a *account) configured(over map[string]string) crm.Settings {
	values := map[string]string{}
	for _, option := range a.source.Options {
		values[option.Name] = option.Default
	}
	maps.Copy(values, a.settings)
	maps.Copy(values, over)
	return crm.Settings{Account: a.source.Type, Values: values}
}

// endpoint is where the account is read.
func (a *account) endpoint(s crm.Settings) string {
	if a.source.Endpoint != nil {
		return a.source.Endpoint(s)
	}
	return a.url
}
