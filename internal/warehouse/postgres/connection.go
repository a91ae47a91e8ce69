package postgres

import (
	"context"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/warren-sync/warren/internal/crm"
)

// explainConnection explains an error that is no answer of the server. The
// cause is worded anew, for the driver's words repeat the address and what
// not; only the cause's own text is shown.
func (d *Driver) explainConnection(err error) error {
	if errors.Is(err, context.Canceled) {
		return cancelled(context.Canceled)
	}
	message, fix := d.whyUnreachable(err)
	var connecting *pgconn.ConnectError
	if message == "" && !errors.As(err, &connecting) && !lost(err) {
		return &crm.Error{Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: "the work on PostgreSQL at " + d.place.host + " failed",
			Fix:     "Report this as a fault of Warren, with the message.", Err: err}
	}
	c := d.gone(message)
	if message == "" {
		c.Message = "the connection to PostgreSQL at " + d.place.host + " is lost"
	}
	if fix != "" {
		c.Fix = fix
	}
	c.Err = innermost(err)
	return c
}

// whyUnreachable returns the reason in plain words, where it is a known one.
func (d *Driver) whyUnreachable(err error) (message, fix string) {
	at := "PostgreSQL at " + d.place.host
	var (
		unknownHost *net.DNSError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		invalid     x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknownHost):
		return "the host " + unknownHost.Name + " of the warehouse is not known", "Check the host in --database or DATABASE_URL and the name service."
	case errors.Is(err, syscall.ECONNREFUSED):
		return at + " refuses the connection", "Check that the server runs, listens on that port, and that host and port in --database or DATABASE_URL are right."
	case errors.Is(err, fs.ErrNotExist):
		return "nothing listens on the socket in " + d.place.host, "Check that the server runs and where its socket is."
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return at + " cannot be reached by the network", "Check network, VPN and firewall."
	case errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &invalid):
		return at + " shows a certificate that is not trusted", "Name its authority with sslrootcert in --database or DATABASE_URL, or use sslmode=require."
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return at + " does not speak TLS", "Turn TLS on at the server, or use sslmode=disable where the network is trusted."
	case errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return at + " did not answer in time", "Check network and firewall, and how busy the server is."
	default:
		return "", ""
	}
}

// lost reports whether an error means that a connection broke.
func lost(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || // of the migrations, by way of database/sql
		errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed pool") ||
		strings.Contains(err.Error(), driver.ErrBadConn.Error())
}

// innermost returns the last error of a chain. Those around it repeat user,
// host and database, some of them several times.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		var several interface{ Unwrap() []error }
		if inner == nil && errors.As(err, &several) {
			if all := several.Unwrap(); len(all) > 0 {
				inner = all[len(all)-1]
			}
		}
		if inner == nil {
			return err
		}
		err = inner
	}
}
