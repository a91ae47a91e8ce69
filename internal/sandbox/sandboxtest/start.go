package sandboxtest

import (
	"net/http/httptest"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// SalesRabbit starts the account that cfg describes and returns the address of
// its API, without a slash at its end. It stops with the test.
func SalesRabbit(t testing.TB, cfg salesrabbit.Config) (url string, s *salesrabbit.Server) {
	t.Helper()
	s = salesrabbit.New(cfg)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL, s
}
