package athena

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// DefaultAccessKey is the id of the key that a client has to sign with unless
// Config says otherwise.
const DefaultAccessKey = "AKIASANDBOX000000001"

// DefaultSecretKey goes with it. Signatures are not checked, so any will do.
const DefaultSecretKey = "sandbox-secret-key"

// DefaultWorkGroup is the workgroup unless Config says otherwise.
const DefaultWorkGroup = "primary"

// Region is where the simulated services are.
const Region = "us-east-1"

// Config describes the services. The zero Config has no table and no bucket.
type Config struct {
	Catalog   table.Catalog
	Buckets   []string  // that S3 has
	WorkGroup string    // the only one; "": DefaultWorkGroup
	Output    string    // where the workgroup puts results, s3://bucket/prefix/; "": it has no place
	AccessKey string    // whose signatures are taken; "": DefaultAccessKey
	GroupRows int       // rows of a group of a Parquet file; 0: 20,000
	Clock     crm.Clock // nil: the machine's
	Seed      uint64    // ids of queries and chance follow from it
	AtOnce    bool      // a query is worked out before its start is answered, and shows it when the traps allow
	Traps     Traps
}

func (c Config) withDefaults() Config {
	if c.WorkGroup == "" {
		c.WorkGroup = DefaultWorkGroup
	}
	if c.AccessKey == "" {
		c.AccessKey = DefaultAccessKey
	}
	if c.GroupRows == 0 {
		c.GroupRows = 20_000
	}
	if c.Clock == nil {
		c.Clock = crm.SystemClock{}
	}
	return c
}

func (c Config) check() error {
	for name, tables := range c.Catalog {
		for _, t := range tables {
			for _, column := range t.All() {
				if _, err := table.ParseType(column.Type); err != nil {
					return &crm.Error{
						Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
						Message: fmt.Sprintf("Column %s of the sandbox's table %s.%s cannot be", column.Name, name, t.Name),
						Fix:     "Give it a type as the Glue catalog writes them.",
					}
				}
			}
		}
	}
	return nil
}

// place is a prefix in S3.
type place struct{ bucket, prefix string }

// parsePlace reads s3://bucket/prefix/; a slash at its end may be missing.
func parsePlace(text string) (place, bool) {
	rest, ok := strings.CutPrefix(text, "s3://")
	bucket, prefix, _ := strings.Cut(rest, "/")
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return place{bucket, prefix}, ok && bucket != ""
}

// at returns the key of an object at the place.
func (p place) at(name string) string { return p.prefix + name }

// url returns the address of an object at the place.
func (p place) url(name string) string { return "s3://" + p.bucket + "/" + p.at(name) }
