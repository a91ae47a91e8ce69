package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// wire is a connection between warren and one of its neighbours that can be
// cut and slowed.
type wire struct{ *toxiproxy.Proxy }

// lay lays a wire to a host and port. It ends with the test.
func lay(t *testing.T, name, upstream string) wire {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return wire{proxy}
}

// toxic is one way in which a wire goes bad, in both directions.
type toxic struct {
	name       string
	attributes func(n int) string // what toxiproxy wants to know of it; n is a random number
	cuts       bool               // connections end of it
}

// toxics are the ways in which wires go bad. Those that cut go on cutting
// until they are taken away.
func toxics() []toxic {
	return []toxic{
		{name: "reset_peer", cuts: true, attributes: func(int) string { return `{"timeout": 0}` }},
		{name: "timeout", cuts: true, attributes: func(n int) string { return fmt.Sprintf(`{"timeout": %d}`, 1+n%200) }},
		{name: "limit_data", cuts: true, attributes: func(n int) string { return fmt.Sprintf(`{"bytes": %d}`, n%40_000) }},
		{name: "latency", attributes: func(n int) string { return fmt.Sprintf(`{"latency": %d, "jitter": 5}`, 1+n%10) }},
		{name: "bandwidth", attributes: func(n int) string { return fmt.Sprintf(`{"rate": %d}`, 2000+n%4000) }},
		{name: "slicer", attributes: func(n int) string {
			return fmt.Sprintf(`{"average_size": %d, "size_variation": 100, "delay": 10}`, 500+n%5000)
		}},
		{name: "slow_close", attributes: func(n int) string { return fmt.Sprintf(`{"delay": %d}`, 50+n%200) }},
	}
}

// spoil lets the wire go bad.
func (w wire) spoil(how toxic, n int) error {
	for _, stream := range []string{"upstream", "downstream"} {
		_, err := w.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"name": %q, "type": %q, "stream": %q, "attributes": %s}`,
			stream, how.name, stream, how.attributes(n))))
		if err != nil {
			return fmt.Errorf("%s: %w", how.name, err)
		}
	}
	return nil
}

// mend makes the wire good again.
func (w wire) mend(ctx context.Context) { w.Toxics.ResetToxics(ctx) }
