package hubspot

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// What a client has to send unless Config says otherwise.
const (
	DefaultToken        = "pat-na1-sandbox"
	DefaultClientID     = "sandbox-client"
	DefaultClientSecret = "sandbox-secret"
	DefaultRefreshToken = "sandbox-refresh"
)

// Config describes an account. The zero Config is an account without records.
type Config struct {
	Records    int            // contacts at the start; the other types follow in proportion
	Counts     map[string]int // records at the start by name of the type; over Records
	Properties int            // properties of contacts, at least; 0: the usual ones
	Custom     []CustomType   // nil: divisions and genius_users
	Owners     int            // 0: 24
	Seed       uint64         // the same seed, numbers and Start give the same data
	Token      string         // what clients send as bearer token; "": DefaultToken
	OAuth      OAuth
	PortalID   int64     // 0: 7012345
	Clock      crm.Clock // nil: the machine's
	Start      time.Time // the newest time in the data at the start; zero: the clock's now
	Traps      Traps
}

// CustomType is a type of object that the company made.
type CustomType struct {
	TypeID   string // such as 2-37778609
	Name     string // the plural, as paths have it
	Singular string
}

// OAuth is an app that the account has installed.
type OAuth struct {
	ClientID     string        // "": DefaultClientID
	ClientSecret string        // "": DefaultClientSecret
	RefreshToken string        // "": DefaultRefreshToken
	Life         time.Duration // of an access token; 0: 30 minutes
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = crm.SystemClock{}
	}
	if c.Start.IsZero() {
		c.Start = c.Clock.Now()
	}
	if c.Custom == nil {
		c.Custom = []CustomType{{"2-37778609", "divisions", "division"}, {"2-42119425", "genius_users", "genius_user"}}
	}
	if c.Owners <= 0 {
		c.Owners = 24
	}
	if c.PortalID == 0 {
		c.PortalID = 7_012_345
	}
	if c.OAuth.Life <= 0 {
		c.OAuth.Life = 30 * time.Minute
	}
	for _, text := range []struct {
		field *string
		usual string
	}{
		{&c.Token, DefaultToken},
		{&c.OAuth.ClientID, DefaultClientID},
		{&c.OAuth.ClientSecret, DefaultClientSecret},
		{&c.OAuth.RefreshToken, DefaultRefreshToken},
	} {
		if *text.field == "" {
			*text.field = text.usual
		}
	}
	return c
}

// count returns how many records of the kind there are at the start.
func (c *Config) count(k *kind) int {
	if n, ok := c.Counts[k.name]; ok {
		return max(n, 0)
	}
	if c.Records <= 0 || k.per == 0 {
		return 0
	}
	return max(c.Records/k.per, 1)
}
