package salesrabbit

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// DefaultToken is what a client has to send unless Config says otherwise.
const DefaultToken = "sandbox-token"

// maxUsers is how many users an account can have.
const maxUsers = 60_000

// Config describes an account. The zero Config is an account without leads.
type Config struct {
	Records    int       // leads at the start
	Users      int       // 0: a five-hundredth of Records, at least 20
	Seed       uint64    // the same seed, Records, Users and Start give the same data
	Token      string    // what clients send as bearer token; "": DefaultToken
	Clock      crm.Clock // nil: the machine's
	Start      time.Time // the newest time in the data at the start; zero: the clock's now. Not before 1980
	MaxPerPage int       // the greatest and the usual page size; 0: 2000
	Traps      Traps
}

func (c Config) withDefaults() Config {
	if c.Users <= 0 {
		c.Users = max(20, c.Records/500)
	}
	c.Users = min(c.Users, maxUsers)
	if c.Token == "" {
		c.Token = DefaultToken
	}
	if c.Clock == nil {
		c.Clock = crm.SystemClock{}
	}
	if c.Start.IsZero() {
		c.Start = c.Clock.Now()
	}
	if c.MaxPerPage <= 0 {
		c.MaxPerPage = 2000
	}
	return c
}
