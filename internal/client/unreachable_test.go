package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"syscall"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

func TestNetworkErrorsSpeakPlainWords(t *testing.T) {
	dialing := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	for _, test := range []struct {
		name    string
		err     error
		says    string
		fix     string
		lasting bool // not tried again
	}{
		{"host not found", dialing(&net.DNSError{Name: "api.exmaple.com", IsNotFound: true}), "no host named api.exmaple.com", "ACME_URL, now https://api.example.com", false},
		{"no name server", dialing(&net.DNSError{Name: "api.example.com", IsTimeout: true}), "the name server does not say where api.example.com is", "network", false},
		{"refused", dialing(syscall.ECONNREFUSED), "nothing listens at https://api.example.com", "is the service running", false},
		{"no route", dialing(syscall.ENETUNREACH), "no way leads there", "network", false},
		{"reset", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, "closed before the answer", "proxies", false},
		{"closed", io.EOF, "closed before the answer", "proxies", false},
		{"other host's certificate", &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{"other.example.com"}}, Host: "api.example.com"}}, "certificate is for another host", "ACME_URL", true},
		{"expired certificate", x509.CertificateInvalidError{Reason: x509.Expired}, "not valid today", "clock", true},
		{"certificate of no use", x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}, "not trusted", "SSL_CERT_FILE", true},
		{"unknown authority", x509.UnknownAuthorityError{}, "not trusted", "SSL_CERT_FILE", true},
		{"not https", http.ErrSchemeMismatch, "does not speak https", "begin with http", true},
		{"handshake", tls.AlertError(40), "no secure connection", "proxy", false},
		{"proxy down", &net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, "the proxy lets no connection through", "HTTPS_PROXY", false},
		{"proxy wants a login", errors.New("Proxy Authentication Required"), "user name and a password", "HTTPS_PROXY", true},
		{"anything else", errors.New("boom"), "the connection failed: wrapped: boom", "network", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := play(broken(fmt.Errorf("wrapped: %w", test.err)))
			e := mustFail(t, dial(t, s, func(c *Config) { c.Retries, c.Clock = 1, hasty{} }), crm.CodeUnreachable)
			mustHave(t, e.Error(), "acme cannot be reached", test.says)
			mustHave(t, e.Fix, test.fix)
			if tried := s.calls() > 1; tried == test.lasting || e.Retryable == test.lasting {
				t.Errorf("%d calls, retryable %v", s.calls(), e.Retryable)
			}
		})
	}
}

func TestRealNetworkErrors(t *testing.T) {
	quiet := func(server *httptest.Server) *httptest.Server {
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		return server
	}
	ignore := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	secure := quiet(httptest.NewUnstartedServer(ignore))
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(ignore)
	gone := plain.URL
	plain.Close()
	plain = httptest.NewServer(ignore)
	defer plain.Close()
	closedProxy, err := url.Parse("http://user:pass_0123@" + gone[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	direct := transport(t)
	proxied := transport(t)
	proxied.Proxy = http.ProxyURL(closedProxy)
	for _, test := range []struct {
		name, url, says string
		way             *http.Transport
	}{
		{"unknown authority", secure.URL, "not trusted", direct},
		{"https to an http server", "https" + plain.URL[len("http"):], "does not speak https", direct},
		{"nobody there", gone, "nothing listens at " + gone, direct},
		{"reset before the answer", raw(t, true, ""), "closed before the answer", direct},
		{"proxy gone", secure.URL, "the proxy lets no connection through", proxied},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := mustFail(t, dial(t, test.way, func(c *Config) { c.BaseURL = test.url }), crm.CodeUnreachable)
			mustHave(t, e.Error(), test.says)
		})
	}
}
