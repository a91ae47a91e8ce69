package config

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// DefaultFile is read from the working directory when the user names no file.
const DefaultFile = "warren.yaml"

// The bounds of a batch, in records.
const (
	MinBatchSize     = 1
	MaxBatchSize     = 10000
	DefaultBatchSize = 500
)

// DefaultParallel is how many streams are synced at the same time.
const DefaultParallel = 4

// MaxParallel bounds it.
const MaxParallel = 64

// DefaultCheck is how many records a run compares at its end.
const DefaultCheck = 20

// DefaultOverlap is how far before its watermark an incremental run begins.
const DefaultOverlap = 5 * time.Minute

// Input is all that Load looks at.
type Input struct {
	Path      string                           // the file of --config; "" reads DefaultFile if it is there
	Dir       string                           // what relative paths start from; "" is the process's directory
	Env       func(name string) (string, bool) // one environment variable; nil is an empty environment
	Environ   []string                         // all of them as NAME=value, to find misspelt names
	Sources   []crm.Source                     // the registered kinds of sources
	Overrides Overrides                        // from the command line
}

// Overrides holds what flags have set; zero values are flags that were not
// given.
type Overrides struct {
	Database  string // --database
	LogLevel  string // --log-level
	LogFormat string // --log-format
	BatchSize int    // --batch-size, for every stream
	Parallel  int    // --parallel
	// DeleteLimit is --delete-limit, for every stream.
	DeleteLimit string
}

// Config is everything the user has set, checked. Printing or logging it shows
// no secret (L8).
type Config struct {
	File     string // the file that was read; "" when there was none
	Database Database
	Log      Log
	Sync     Sync
	Accounts []Account // one for each kind of source, then the others in the order of the file
	Warnings []string  // for a person to read; nothing is wrong enough to stop

	inFile map[string]bool // the settings that the file makes, by their path
}

// Log says what to log and how.
type Log struct {
	Level  slog.Level
	Format LogFormat
}

// LogFormat is the form of the log's lines.
type LogFormat string

// The forms of log lines.
const (
	LogAuto LogFormat = "auto" // text; JSON only when it is asked for
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// Sync holds what is common to all streams.
type Sync struct {
	BatchSize int              // records, MinBatchSize to MaxBatchSize
	Overlap   time.Duration    // zero or more
	Parallel  int              // streams at the same time, 1 to MaxParallel
	Check     int              // records that a run compares at its end; 0 for none
	Deletes   crm.DeletePolicy // for streams that say nothing themselves
}

// InFile reports whether the file makes the setting at that path, such as
// sync.batch_size, be it to what would hold without it. The environment or a
// flag may still win over it. A stream stands in the path under the name that
// the file has for it.
func (c *Config) InFile(path string) bool { return c.inFile[path] }

// Account returns the account of that name.
func (c *Config) Account(name string) (Account, bool) {
	i := slices.IndexFunc(c.Accounts, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return Account{}, false
	}
	return c.Accounts[i], true
}

// String shows the configuration without its secrets.
func (c *Config) String() string {
	return fmt.Sprintf("database %s, log %s %s, batch size %d, overlap %s, accounts %v",
		c.Database, c.Log.Level, c.Log.Format, c.Sync.BatchSize, c.Sync.Overlap, c.Accounts)
}

// GoString returns what String returns.
func (c *Config) GoString() string { return c.String() }

// LogValue returns what String returns.
func (c *Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
