package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// grace is how long calls under way may take once the end was asked for.
const grace = 10 * time.Second

// Serve answers calls that come in at ln until ctx ends; then it lets those under way
// finish, cuts off what takes longer than ten seconds, and returns nil. It closes ln.
func Serve(ctx context.Context, ln net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		return stopped(err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if server.Shutdown(ending) != nil {
		_ = server.Close() // what is left is cut off
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return stopped(err)
	}
	return nil
}

func stopped(err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Message: "the server stopped", Err: err,
		Fix: "Start it again, if need be at another address.",
	}
}
