package salespro

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena"
)

// What a client has to say unless Config says otherwise.
const (
	DefaultAccessKey = athena.DefaultAccessKey
	DefaultSecretKey = athena.DefaultSecretKey
	DefaultDatabase  = "salespro_demo"
	DefaultBucket    = "leap-shared-results"
	Region           = athena.Region
	WorkGroup        = athena.DefaultWorkGroup
)

// Traps is how the services in front of the share misbehave.
type Traps = athena.Traps

// ParseTraps reads a list such as "querytime=2s,requeue,throttle=5". Errors are of
// crm.CodeUsage and name the nearest trap.
func ParseTraps(list string) (Traps, error) { return athena.ParseTraps(list) }

// TrapHelp lists the names that ParseTraps knows, in the order to show them.
func TrapHelp() []struct{ Name, Help string } { return athena.TrapHelp() }

// Config describes a share. The zero Config is one without customers.
type Config struct {
	Records     int            // customers at the start; the other tables follow in proportion
	Rows        map[string]int // rows at the start, by table, where they are not to follow from Records
	Seed        uint64         // the same seed, Records, Rows and Start give the same data
	Start       time.Time      // the newest time in the data at the start; zero: the clock's now
	Clock       crm.Clock      // nil: the machine's
	Database    string         // "": DefaultDatabase
	Bucket      string         // for results; "": DefaultBucket
	Output      string         // where the workgroup puts results; "": it has no place of its own
	AccessKey   string         // "": DefaultAccessKey
	Partitioned bool           // user_activity lies in partitions by day, with the key dt
	Lacks       []string       // columns that the share does not show, such as payments.payment_type
	AtOnce      bool           // a query sees what is there when it is started, and nothing of what changes until it is answered
	Traps       Traps
}

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = crm.SystemClock{}
	}
	if c.Start.IsZero() {
		c.Start = c.Clock.Now()
	}
	if c.Database == "" {
		c.Database = DefaultDatabase
	}
	if c.Bucket == "" {
		c.Bucket = DefaultBucket
	}
	return c
}

// seeded returns how many rows the table has at the start.
func (c *Config) seeded(d *definition) int {
	if n, set := c.Rows[d.name]; set {
		return max(n, 0)
	}
	n := int(float64(c.Records) * d.each)
	if c.Records > 0 {
		n = max(n, d.least)
	}
	return max(n, 0)
}

// reps is how many people sell.
func (c *Config) reps() int { return max(12, c.Records/200) }

// offices is in how many places they sit.
const offices = len(officeNames)
