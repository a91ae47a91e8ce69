package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/warren-sync/warren/internal/crm"
)

// listen listens on this machine alone.
func listen(ctx context.Context, port int) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err == nil {
		return ln, nil
	}
	e := &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
		Message: fmt.Sprintf("the sandbox cannot listen at port %d", port), Fix: "Give another with --port, or --port 0 for any that is free.",
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		e.Message, e.Err = fmt.Sprintf("port %d is in use by another program", port), nil
	case errors.Is(err, syscall.EACCES):
		e.Message, e.Err = fmt.Sprintf("this user may not listen at port %d", port), nil
	case port < 0 || port > 65535:
		e.Message, e.Err = fmt.Sprintf("there is no port %d", port), nil
	}
	return nil, e
}
