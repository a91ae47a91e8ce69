package sandboxtest

import (
	"net/http/httptest"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
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

// SalesPro starts the share that cfg describes and returns the address of its
// Athena and S3. It stops with the test, and leaves no file.
func SalesPro(t testing.TB, cfg salespro.Config) (url string, s *salespro.Server) {
	t.Helper()
	s, err := salespro.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return web.URL, s
}

// HubSpot starts the account that cfg describes and returns the address of its
// API. It stops with the test.
func HubSpot(t testing.TB, cfg hubspot.Config) (url string, s *hubspot.Server) {
	t.Helper()
	s = hubspot.New(cfg)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.URL, s
}
