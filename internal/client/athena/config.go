package athena

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Config says how one account's Athena is called. Source and Database are
// needed, and a region that may also come from the AWS environment; where zero
// has no meaning of its own it stands for the default that is named.
//
// However it is printed or logged, it shows its Source and nothing else (L8).
type Config struct {
	Source string // the account's name, as messages and events show it

	// The keys. Where both are empty the usual AWS chain is asked: environment,
	// profile, role.
	AccessKey    string `json:"-"`
	SecretKey    string `json:"-"`
	SessionToken string `json:"-"`

	Region   string // such as us-east-1; "" leaves it to the AWS environment
	Endpoint string // both services at one address, buckets in the path; "" is AWS

	WorkGroup string // "" is primary
	Catalog   string // default AwsDataCatalog
	Database  string
	Output    string // s3:// place for results; "" leaves it to the workgroup

	Timeout     time.Duration // a query may take; default 30 minutes, as Athena itself allows
	Patience    time.Duration // no attempt of a call starts later than this after the first; default 15 minutes
	CallTimeout time.Duration // one attempt, or the wait for the next bytes of a file; default 1 minute
	Attempts    int           // at an address that cannot be reached, or that gives no answer; default 6
	MaxAnswer   int64         // bytes of an answer that is no file; default 128 MB

	Hints     Hints
	Clock     crm.Clock         // default crm.SystemClock
	Transport http.RoundTripper // the way to the network; default http.DefaultTransport
	Observe   func(crm.Event)   // hears RetryScheduled and CallMade, from any goroutine
	Random    func() float64    // in [0,1), for the jitter; safe for concurrent use; default math/rand/v2
}

// Hints are the names of the settings, such as SALESPRO_DATABASE, for messages.
type Hints struct {
	AccessKey, SecretKey, Region, Endpoint, WorkGroup, Database, Output string
}

// Format writes the name of the account for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "athena.Config(%s)", c.Source) }

// LogValue returns the name of the account.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.Source) }

// defaultMaxAnswer is several times what a page of 1000 rows has, which is the largest
// answer that is read whole.
const defaultMaxAnswer = 128 << 20

// defaultAttempts take about a minute at an address where nothing listens: long enough
// for what passes, and short enough for the streams of other accounts that wait.
const defaultAttempts = 6

// complete checks c and fills in the defaults.
func (c *Config) complete() error {
	c.trim()
	switch {
	case c.Source == "":
		return badConfig("the account of an Athena client has no name", "Give the account a name.")
	case c.AccessKey == "" && (c.SecretKey != "" || c.SessionToken != ""):
		return badConfig(c.Source+" has a secret key and no access key",
			"Set "+orElse(c.Hints.AccessKey, "the access key")+", or neither, to use the AWS credentials of this machine.")
	case c.AccessKey != "" && c.SecretKey == "":
		return badConfig(c.Source+" has an access key and no secret key", "Set "+orElse(c.Hints.SecretKey, "the secret key")+".")
	case c.Database == "":
		return badConfig(c.Source+" has no database", "Set "+orElse(c.Hints.Database, "the database")+" to the Athena database to read.")
	case c.Timeout < 0 || c.Patience < 0 || c.CallTimeout < 0:
		return badConfig("a timeout of "+c.Source+" is negative", "Set it to zero or more.")
	}
	if err := c.checkAddresses(); err != nil {
		return err
	}
	c.Catalog = orElse(c.Catalog, "AwsDataCatalog")
	c.Timeout = orDefault(c.Timeout, 30*time.Minute)
	c.Patience = orDefault(c.Patience, 15*time.Minute)
	c.CallTimeout = orDefault(c.CallTimeout, time.Minute)
	if c.Attempts <= 0 {
		c.Attempts = defaultAttempts
	}
	if c.MaxAnswer <= 0 {
		c.MaxAnswer = defaultMaxAnswer
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
	return nil
}

// trim drops white space as a file or a shell leaves it.
func (c *Config) trim() {
	for _, text := range []*string{
		&c.AccessKey, &c.SecretKey, &c.SessionToken, &c.Region, &c.Endpoint, &c.WorkGroup, &c.Catalog, &c.Database, &c.Output,
	} {
		*text = strings.TrimSpace(*text)
	}
}

// checkAddresses refuses an endpoint with a password or a query: it is shown in
// messages (L8).
func (c *Config) checkAddresses() error {
	if c.Endpoint != "" {
		u, err := url.Parse(c.Endpoint)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return badConfig("the endpoint of "+c.Source+" is not an http or https address with a host and nothing else",
				"Set "+orElse(c.Hints.Endpoint, "the endpoint")+" to an address such as http://127.0.0.1:4566, or leave it empty for AWS.")
		}
	}
	if c.Output == "" {
		return nil
	}
	if _, err := parsePlace(c.Output); err != nil {
		return badConfig("the place for the results of "+c.Source+" is not an address in S3",
			"Set "+orElse(c.Hints.Output, "the place for results")+" to an address such as s3://bucket/athena-results/.")
	}
	if !strings.HasSuffix(c.Output, "/") {
		c.Output += "/"
	}
	return nil
}

func badConfig(message, fix string) error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}
