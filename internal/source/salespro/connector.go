package salespro

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"sync"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// connector reads one customer's share.
type connector struct {
	account    string
	client     *athena.Client
	clock      crm.Clock
	observe    func(crm.Event)
	database   string
	results    string
	unload     string            // folder for UNLOAD
	remove     bool              // result files once they were read
	partitions map[string]string // the column by stream
	price      float64           // dollars a terabyte
	named      sync.Map          // queries that Start named and Read has not begun
	tables     sync.Map          // what Describe was told of tables, until Read asks for it
}

func open(s crm.Settings, d crm.Deps) (crm.Connector, error) {
	c := &connector{
		account: s.Account, clock: d.Clock, observe: d.Observe, database: s.Text(optDatabase), results: s.Text(optResults), unload: s.Text(optUnload),
		remove: s.Boolean(optDelete), price: s.Number(optPrice),
	}
	var err error
	if c.partitions, err = partitions(s.Text(optPartitions)); err != nil {
		return nil, err
	}
	if c.unloads() && !strings.HasPrefix(c.unload, "s3://") {
		return nil, badSetting("results is "+c.results+", and there is no place for it",
			"Set unload_location (SALESPRO_UNLOAD_LOCATION) to an address such as s3://bucket/warren/.")
	}
	if c.unload != "" && !strings.HasSuffix(c.unload, "/") {
		c.unload += "/"
	}
	// Nothing is asked of AWS yet: where no keys are set, the files of its
	// environment are read.
	c.client, err = athena.New(context.Background(), athena.Config{
		Source: s.Account, AccessKey: s.Text(optAccessKey), SecretKey: s.Text(optSecretKey), SessionToken: s.Text(optSession),
		Region: s.Text(optRegion), Endpoint: s.Text(optEndpoint), WorkGroup: s.Text(optWorkGroup), Catalog: s.Text(optCatalog),
		Database: c.database, Output: output(s.Text(optLocation)), Timeout: s.Duration(optTimeout), Attempts: s.Integer(optRetries) + 1,
		Hints: athena.Hints{
			AccessKey: "SALESPRO_ACCESS_KEY_ID", SecretKey: "SALESPRO_SECRET_ACCESS_KEY", Region: "SALESPRO_SERVER_REGION",
			Endpoint: "SALESPRO_ENDPOINT", WorkGroup: "SALESPRO_WORKGROUP", Database: "SALESPRO_DATABASE", Output: "SALESPRO_S3_LOCATION",
		},
		Clock: d.Clock, Random: d.Random, Transport: transport(d.Transport), Observe: d.Observe,
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func transport(t http.RoundTripper) http.RoundTripper {
	if t == nil {
		return http.DefaultTransport
	}
	return t
}

// output is where the old system had its results: in a folder below the place.
func output(location string) string {
	if location == "" {
		return ""
	}
	return strings.TrimSuffix(location, "/") + "/athena-results/"
}

// partitions reads a list such as user_activity.dt. Only of rows that never change
// does the day of their making tell that they are not due.
func partitions(text string) (map[string]string, error) {
	columns := map[string]string{}
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		name, column, ok := strings.Cut(entry, ".")
		if !ok || column == "" || name != userActivity().Name {
			return nil, badSetting(fmt.Sprintf("partitions: %q is not user_activity and a column", entry),
				"Write it as user_activity.dt. Rows of all other tables change after the day they were made, and would be passed over.")
		}
		columns[name] = column
	}
	return columns, nil
}

func badSetting(message, fix string) error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix}
}

// Check looks whether the table is there, and has Athena answer a query that reads
// nothing: that proves the key, the workgroup and the place for results, and is
// free.
func (c *connector) Check(ctx context.Context, stream crm.Stream) error {
	if stream.FromFile {
		return nil
	}
	if _, err := c.client.Columns(ctx, stream.Name); err != nil && !errors.Is(err, athena.ErrNoMetadata) {
		return c.absent(ctx, stream, err)
	}
	id, err := c.client.Start(ctx, athena.Query{Text: "SELECT 1"})
	if err != nil {
		return err
	}
	_, err = c.client.Await(ctx, id, 0)
	return err
}

// absent turns a missing table of a stream that not every share has into the error
// that says so. Where the database is the wrong one all tables are missing.
func (c *connector) absent(ctx context.Context, stream crm.Stream, err error) error {
	if !stream.Optional || !errors.Is(err, athena.ErrNoTable) {
		return err
	}
	if _, other := c.client.Columns(ctx, customer().Name); other != nil && !errors.Is(other, athena.ErrNoMetadata) {
		return err
	}
	return &crm.Error{
		Code: crm.CodeStreamAbsent, Origin: crm.OriginSource, Err: err,
		Message: "this SalesPro share has no " + stream.Name,
		Fix:     "Have the table added to the share and run it again, or set enabled: false under the stream in warren.yaml.",
	}
}

// Read yields the rows that a query has, some thousand at a time.
func (c *connector) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		r := reading{c: c, stream: stream, req: req, yield: yield}
		err := r.read(ctx)
		if err == nil || r.left {
			return
		}
		// What a query cost that led to nothing is to be paid all the same.
		if r.pay(); !r.left {
			yield(crm.Page{}, err)
		}
	}
}
