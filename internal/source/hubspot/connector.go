package hubspot

import (
	"context"
	"iter"
	"net/url"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// connector reads one HubSpot account.
type connector struct {
	client  *client.Client
	clock   crm.Clock
	paths   paths
	plan    plan
	sweep   time.Duration
	account account
	name    string // of the account in warren.yaml
	observe func(crm.Event)

	mu         sync.Mutex
	found      map[string]map[string]bool // by stream: the properties that the account has
	said       map[string]bool            // what was told, and need not be again
	searchPage int                        // the largest page that a search gives
}

// Where a person sets what a message is about.
const (
	hintURL     = "HUBSPOT_API_URL"
	hintToken   = "HUBSPOT_API_TOKEN"
	hintRefresh = "HUBSPOT_REFRESH_TOKEN"
	hintGrant   = "HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN"
)

func open(s crm.Settings, d crm.Deps) (crm.Connector, error) {
	p, err := planOf(s)
	if err != nil {
		return nil, err
	}
	c := &connector{
		name: s.Account, observe: d.Observe, clock: d.Clock, paths: pathsOf(s.Text(optVersion)), plan: p, sweep: s.Duration(optSweep),
		found: map[string]map[string]bool{}, said: map[string]bool{}, searchPage: mostFound,
	}
	config := client.Config{
		Source: s.Account, BaseURL: s.Text(optURL), TokenHint: hintToken, URLHint: hintURL,
		Rate: s.Number(optRate), Classes: map[string]float64{classSearch: s.Number(optSearchRate)},
		Retries: s.Integer(optRetries), Timeout: s.Duration(optTimeout), MaxResponse: s.Size(optMaxResponse),
		Breaker: client.Breaker{Failures: 10, Recovery: 30 * time.Second, Successes: 1},
		Clock:   d.Clock, Random: d.Random, Transport: d.Transport, Observe: d.Observe, Weigh: c.weigh, Quota: quota,
	}
	id, secret, refresh := s.Text(optClientID), s.Text(optClientSecret), s.Text(optRefresh)
	switch token := s.Text(optToken); {
	case token != "":
		config.Auth = client.Bearer(token)
	case id == "" && secret == "" && refresh == "":
		return nil, badSetting("no token for HubSpot is set",
			"Set "+hintToken+" to the token of a service key or a private app, or set all of "+hintGrant+".")
	default:
		config.Grant = &client.Grant{
			Path: c.paths.token, ClientID: id, ClientSecret: client.Bearer(secret), RefreshToken: client.Bearer(refresh),
			Hint: hintGrant, RefreshHint: hintRefresh,
		}
	}
	if c.client, err = client.New(config); err != nil {
		return nil, err
	}
	return c, nil
}

// Check asks about the account, and for one record of the stream.
func (c *connector) Check(ctx context.Context, stream crm.Stream) error {
	if _, err := c.knowAccount(ctx); err != nil {
		return err
	}
	return c.absent(stream, c.checkStream(ctx, stream))
}

func (c *connector) checkStream(ctx context.Context, stream crm.Stream) error {
	one := url.Values{"limit": {"1"}}
	if o, ok := c.plan.object(stream.Name); ok {
		_, err := c.get(ctx, c.paths.list(o), listQuery(1, "", false, []string{propertyID}))
		return err
	}
	if l, ok := c.plan.link(stream.Name); ok {
		a, err := c.get(ctx, c.paths.list(l.from), listQuery(1, "", false, []string{propertyID}))
		if err != nil || len(a.results) == 0 {
			return err
		}
		size := newSizes(c, crm.Request{})
		for _, err := range c.readLinks(ctx, l, idsOf(a.results), &size) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	if stream.Name == streamOwners {
		_, err := c.get(ctx, c.paths.owners, one)
		return err
	}
	_, err := c.get(ctx, c.paths.pipelined(c.plan.piped()[0]), nil)
	return err
}

// Read yields the pages of a stream.
func (c *connector) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	pages := c.readPipelines(ctx, stream)
	if o, ok := c.plan.object(stream.Name); ok {
		pages = c.readObjects(ctx, stream, o, req)
	} else if l, ok := c.plan.link(stream.Name); ok {
		pages = c.readAssociations(ctx, l, req)
	} else if stream.Name == streamOwners {
		pages = c.readOwners(ctx)
	}
	return func(yield func(crm.Page, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(crm.Page{}, c.absent(stream, err))
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}
