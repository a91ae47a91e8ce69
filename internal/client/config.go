package client

import (
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Config says how one account of a source is called. Only Source and BaseURL
// are needed; where zero has no meaning of its own it stands for the default
// that is named.
type Config struct {
	Source    string      // the account's name, as messages and events show it
	BaseURL   string      // http or https, with a host; a path is put before the path of each call
	Auth      Token       // sent as Authorization: Bearer; the zero Token sends nothing
	Grant     *Grant      // gets the tokens in place of Auth; nil: Auth does not change
	TokenHint string      // where a person sets the token, such as SALESRABBIT_API_KEY
	URLHint   string      // where a person sets the base URL, such as SALESRABBIT_API_URL
	Header    http.Header // sent with every call; Accept is application/json unless set

	Rate    float64 // calls a second, at the start and at most; 0 is no limit until the source asks for one
	MinRate float64 // calls a second that the limit never falls below; default 0.1, at most Rate
	// Classes are calls that the source counts apart from all others, by the name
	// that Question.Class gives them: calls a second, like Rate. Neither kind is held
	// up by the other.
	Classes     map[string]float64
	Retries     int           // further attempts after the first; 0 tries once
	Patience    time.Duration // no attempt starts later than this after the call began; default 15 minutes
	Timeout     time.Duration // for one attempt, its body included; default 2 minutes
	MaxResponse int64         // bytes of a body after decompression; default 64 MiB
	Breaker     Breaker

	Clock     crm.Clock         // default crm.SystemClock
	Transport http.RoundTripper // the way to the network; default http.DefaultTransport
	Observe   func(crm.Event)   // hears RetryScheduled, BreakerOpened, BreakerClosed, RateWaited and CallMade, from any goroutine
	Random    func() float64    // in [0,1), for the jitter; safe for concurrent use; default math/rand/v2

	// PrepareError finds the source's own words in the body of an answer that
	// is an error; "" when there are none. Known secrets are already taken
	// out of the body, which holds at most 64 KiB.
	PrepareError func(status int, body []byte) string

	// Weigh tells what the source knows of a refusal beyond its status; nil leaves
	// it to the status.
	Weigh func(Refusal) Verdict
	// Quota reads from the headers of an answer what is left of what the source
	// allows; false when it does not say. nil: it never does.
	Quota func(http.Header) (Quota, bool)
}

// Breaker says when a source that keeps failing is left alone.
type Breaker struct {
	Failures  int           // failures in a row that open it; 0 is no breaker
	Recovery  time.Duration // how long it stays open; default 60 s
	Successes int           // good trials that close it again; default 3
}

// complete checks c, fills in the defaults and returns the base URL.
func (c *Config) complete() (*url.URL, error) {
	base, err := parseBase(c.BaseURL, c.URLHint)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Source == "":
		return nil, badConfig("the account of an HTTP client has no name", "Give the account a name.")
	case !validRate(c.Rate) || !validRate(c.MinRate):
		return nil, badConfig("the rate of calls is not a number of zero or more", "Set the rate in calls a second, such as 1.5.")
	case c.Retries < 0 || c.Breaker.Failures < 0 || c.Breaker.Successes < 0:
		return nil, badConfig("a number of retries, failures or successes is negative", "Set it to zero or more.")
	case c.Patience < 0 || c.Timeout < 0 || c.Breaker.Recovery < 0 || c.MaxResponse < 0:
		return nil, badConfig("a timeout or a size is negative", "Set it to zero or more.")
	case !validClasses(c.Classes):
		return nil, badConfig("the rate of a class of calls is not a number of zero or more", "Set the rate in calls a second, such as 1.5.")
	case !c.Auth.sendable():
		return nil, badConfig("the token holds characters that no HTTP header can carry",
			"Set "+orElse(c.TokenHint, "the token")+" anew, as one line without spaces or control characters.")
	}
	c.Patience = orDefault(c.Patience, 15*time.Minute)
	c.Timeout = orDefault(c.Timeout, 2*time.Minute)
	c.MaxResponse = orDefault(c.MaxResponse, 64<<20)
	c.Breaker.Recovery = orDefault(c.Breaker.Recovery, time.Minute)
	c.Breaker.Successes = orDefault(c.Breaker.Successes, 3)
	c.MinRate = orDefault(c.MinRate, 0.1)
	if c.Rate > 0 {
		c.MinRate = min(c.MinRate, c.Rate)
	}
	if c.Clock == nil {
		c.Clock = crm.SystemClock{}
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	if c.Observe == nil {
		c.Observe = func(crm.Event) {}
	}
	if c.Random == nil {
		c.Random = rand.Float64
	}
	if c.PrepareError == nil {
		c.PrepareError = func(int, []byte) string { return "" }
	}
	if c.Weigh == nil {
		c.Weigh = func(Refusal) Verdict { return Verdict{} }
	}
	if c.Quota == nil {
		c.Quota = func(http.Header) (Quota, bool) { return Quota{}, false }
	}
	if c.Grant != nil {
		return base, c.Grant.complete()
	}
	return base, nil
}

// parseBase refuses a base URL with a password or a query: it is shown in
// messages (L8).
func parseBase(text, hint string) (*url.URL, error) {
	fix := "Set " + orElse(hint, "the base URL") + " to an address such as https://api.example.com."
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return nil, badConfig("the base URL cannot be read", fix)
	case base.Scheme != "http" && base.Scheme != "https", base.Hostname() == "":
		return nil, badConfig("the base URL is not an http or https address with a host", fix)
	case base.User != nil:
		return nil, badConfig("the base URL holds a user name or a password", "Take it out; "+fix)
	case base.RawQuery != "" || base.Fragment != "":
		return nil, badConfig("the base URL holds a query or a fragment", "Take out what follows ? or #; "+fix)
	}
	return base.JoinPath("/"), nil // with a path: URL.JoinPath keeps one relative where there was none
}

func validRate(rate float64) bool { return rate >= 0 && !math.IsInf(rate, 1) }

func validClasses(classes map[string]float64) bool {
	for _, rate := range classes {
		if !validRate(rate) {
			return false
		}
	}
	return true
}

func badConfig(message, fix string) error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}

func orDefault[T int | int64 | float64 | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
