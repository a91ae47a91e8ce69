package postgres

import (
	"cmp"
	"context"
	"errors"
	"net"
	neturl "net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/warren-sync/warren/internal/crm"
)

const (
	defaultConns   = 4 // two batches and a lookup of a run, and one for whoever looks on
	leastConns     = 2 // a lookup runs while a batch is written; a migration holds its lock on one
	mostConns      = 1000
	connectTimeout = 10 * time.Second // unless the address has connect_timeout
	idleTimeout    = 5 * time.Minute  // after which an unused connection is let go
)

// place is where the database is, as messages may show it.
type place struct {
	host     string // host:port, or the socket's directory
	user     string
	database string
	schema   string // where tables are made; "" while that is not known
}

func placeOf(config *pgxpool.Config) place {
	c := config.ConnConfig
	host := c.Host
	if !strings.HasPrefix(host, "/") {
		host = net.JoinHostPort(host, strconv.Itoa(int(c.Port)))
	}
	return place{host: host, user: c.User, database: cmp.Or(c.Database, c.User)}
}

// isPooled reports whether the address asks for a way to query that works
// where every transaction may have another server connection.
func isPooled(config *pgxpool.Config) bool {
	return config.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement
}

func configure(url string, options Options, settings *settings) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badAddress(url, err)
	}
	switch {
	case options.MaxConns > 0:
		config.MaxConns = int32(min(options.MaxConns, mostConns))
	case !strings.Contains(url, "pool_max_conns"):
		config.MaxConns = defaultConns
	}
	config.MaxConns = max(config.MaxConns, int32(connsFor(options.Streams)))
	config.MaxConnIdleTime = idleTimeout
	c := config.ConnConfig
	if !strings.Contains(url, "connect_timeout") {
		c.ConnectTimeout = connectTimeout
	}
	// These three a pooler lets pass when a connection starts. Answers that come as text
	// are read in the ISO form.
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "warren"
	}
	c.RuntimeParams["timezone"] = "UTC"
	c.RuntimeParams["datestyle"] = "ISO"
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 10 * time.Second, Count: 3}}
	c.DialFunc = dialer.DialContext
	pooled := isPooled(config)
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		inUTC(conn)
		if pooled {
			return nil
		}
		return settings.apply(ctx, conn, false, options.ReadOnly)
	}
	return config, nil
}

// connsFor is how many connections the work on so many streams at a time takes at least.
func connsFor(streams int) int { return max(leastConns, min(2*streams+1, mostConns)) }

// inUTC makes instants come out in UTC, as everywhere in Warren.
func inUTC(conn *pgx.Conn) {
	conn.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
}

// badAddress says what is wrong with an address without repeating any of it:
// a parser's message may hold the password (L8).
func badAddress(url string, err error) error {
	e := &crm.Error{
		Code: crm.CodeConfig, Origin: crm.OriginConfig,
		Message: "the PostgreSQL address is not usable: it cannot be read",
		Fix:     "Write it as postgres://user:password@host:5432/database?sslmode=require, special characters of the password percent-encoded.",
	}
	said := err.Error()
	said = said[strings.LastIndex(said, "`: ")+1:] // behind the address itself
	var inURL *neturl.Error
	switch parameter := blamed(url, said); {
	case errors.As(err, &inURL):
		e.Message = "the PostgreSQL address is not usable: it is no URL"
	case strings.Contains(said, "sslmode"):
		e.Message = "the PostgreSQL address is not usable: its sslmode is none that PostgreSQL knows"
	case strings.Contains(said, "CA file"), strings.Contains(said, "sslcert"), strings.Contains(said, "sslkey"), strings.Contains(said, "certificate"):
		e.Message = "the PostgreSQL address is not usable: a certificate file that it names cannot be used"
		e.Fix = "Correct sslrootcert, sslcert and sslkey in it: files that this user can read, in the PEM format."
	case strings.Contains(said, "invalid port"):
		e.Message = "the PostgreSQL address is not usable: its port is no number from 1 to 65535"
	case parameter != "":
		e.Message = "the PostgreSQL address is not usable: the value of its " + parameter + " makes no sense"
		e.Fix = "Correct " + parameter + " in it, or take it out."
	}
	return e
}

// blamed returns the parameter of an address that a message is about, "" where it is none.
func blamed(url, message string) string {
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
		if strings.Contains(word, "_") && strings.Contains(url, word+"=") {
			return word
		}
	}
	return ""
}
