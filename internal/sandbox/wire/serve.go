package wire

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// grace is how long calls in progress may take after the end was asked for.
const grace = 5 * time.Second

// Serve answers calls that come in at ln until ctx ends, then lets those in
// progress finish within a grace of five seconds, cuts off the rest and returns
// nil. It closes ln. An error means that ln failed.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return stopped(err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(stop) != nil {
		_ = server.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return stopped(err)
	}
	return nil
}

func stopped(err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
		Message: "The sandbox stopped serving", Fix: "Start it again, if need be at another address.",
	}
}
