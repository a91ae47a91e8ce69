package athena

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/warren-sync/warren/internal/crm"
)

// unreachable explains an error that arose before an answer began. Only what a
// person has to mend is not tried again.
func (c *Client) unreachable(err error, e *crm.Error) *failure {
	e.Code = crm.CodeUnreachable
	what, lasting := "the connection failed", false
	e.Fix = "Check the network, and that " + c.address() + " is right."
	dns, isName := errors.AsType[*net.DNSError](err)
	_, isAuthority := errors.AsType[x509.UnknownAuthorityError](err)
	_, isHost := errors.AsType[x509.HostnameError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isName && dns.IsNotFound:
		what = "there is no host named " + c.keys.quote(dns.Name, 120)
		e.Fix = "Check " + orElse(c.hints.Region, "the region") + ", now " + c.region + ", and the network."
	case isAuthority, isHost, isCertificate:
		what, lasting = "its certificate is not trusted", true
		e.Fix = "If a proxy or a private authority stands between, add its certificate to this machine's trusted ones (SSL_CERT_FILE)."
	case errors.Is(err, syscall.ECONNREFUSED):
		what = "nothing listens at " + c.where()
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		what = "the connection was closed before the answer"
		e.Fix = "Run it again later; if it stays so, look at proxies and firewalls on the way."
	}
	e.Message = c.source + " cannot be reached: " + what
	e.Retryable = !lasting
	f := &failure{err: e, again: !lasting}
	if op, ok := errors.AsType[*net.OpError](err); isName || ok && op.Op == "dial" {
		f.most = c.attempts
	}
	return f
}
