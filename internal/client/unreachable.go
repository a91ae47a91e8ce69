package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// reason says in plain words why there is no connection.
type reason struct {
	what    string
	fix     string
	lasting bool // only a person can mend it: another attempt is no use
}

// whyUnreachable explains an error that arose before an answer began.
func whyUnreachable(of call, err error) reason {
	for _, explainOne := range []func(call, error) (reason, bool){whyProxy, whyName, whyTLS, whySocket} {
		if r, ok := explainOne(of, err); ok {
			return r
		}
	}
	return reason{what: "the connection failed", fix: of.checkURL() + " Check the network too."}
}

func whyProxy(_ call, err error) (reason, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	refused := strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired))
	if !refused && !(ok && op.Op == "proxyconnect") && !strings.Contains(err.Error(), "invalid proxy") {
		return reason{}, false
	}
	r := reason{
		what: "the proxy lets no connection through",
		fix:  "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy is running.",
	}
	if refused {
		r.what, r.fix, r.lasting = "the proxy wants a user name and a password", "Put them into HTTPS_PROXY.", true
	}
	return r, true
}

func whyName(of call, err error) (reason, bool) {
	dns, ok := errors.AsType[*net.DNSError](err)
	if !ok {
		return reason{}, false
	}
	host := of.quote(dns.Name, 120)
	if dns.IsNotFound {
		return reason{what: "there is no host named " + host, fix: of.checkURL() + " Is its spelling right?"}, true
	}
	return reason{
		what: "the name server does not say where " + host + " is",
		fix:  "Check this machine's network and name server.",
	}, true
}

func whyTLS(of call, err error) (reason, bool) {
	_, isAuthority := errors.AsType[x509.UnknownAuthorityError](err)
	_, isHost := errors.AsType[x509.HostnameError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, isVerify := errors.AsType[*tls.CertificateVerificationError](err)
	_, isHeader := errors.AsType[tls.RecordHeaderError](err)
	_, isAlert := errors.AsType[tls.AlertError](err)
	r := reason{lasting: true}
	switch {
	case isHost:
		r.what, r.fix = "its certificate is for another host", of.checkURL()
	case isInvalid && invalid.Reason == x509.Expired:
		r.what = "its certificate is not valid today"
		r.fix = "Check this machine's clock; if it is right, the source has to renew its certificate."
	case isAuthority, isInvalid, isVerify:
		r.what = "its certificate is not trusted"
		r.fix = "If a proxy or a private authority stands between, add its certificate to this machine's trusted ones (SSL_CERT_FILE)."
	case isHeader, errors.Is(err, http.ErrSchemeMismatch), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		r.what, r.fix = "it does not speak https there", of.checkURL()+" Does it begin with http, or is the port wrong?"
	case isAlert, strings.Contains(err.Error(), "tls: "):
		r.what, r.fix, r.lasting = "no secure connection could be agreed on", of.checkURL()+" A proxy on the way may be the cause.", false
	default:
		return reason{}, false
	}
	return r, true
}

func whySocket(of call, err error) (reason, bool) {
	late, isLate := errors.AsType[*timeoutError](err)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return reason{
			what: "nothing listens at " + of.base,
			fix:  of.checkURL() + " Are host and port right, and is the service running?",
		}, true
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return reason{what: "no way leads there", fix: "Check this machine's network, its VPN and its firewall."}, true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF):
		return reason{
			what: "the connection was closed before the answer",
			fix:  "Run it again later; if it stays so, look at proxies and firewalls on the way.",
		}, true
	case isLate && late.connecting, timedOut(err):
		return reason{
			what: "there was no connection in time",
			fix:  of.checkURL() + " Does a firewall stand between?",
		}, true
	}
	return reason{}, false
}
