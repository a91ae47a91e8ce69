package client

import (
	"context"
	"time"
)

// The end of a call's patience travels in the request's context, measured by
// crm.Clock. It is not a deadline of that context: it forbids the beginning of
// an attempt and does not cut one short, which would look like a timeout.

type patienceKey struct{}

func withPatience(ctx context.Context, until time.Time) context.Context {
	return context.WithValue(ctx, patienceKey{}, until)
}

// patienceEnd returns the instant after which no attempt may start; zero for
// no bound.
func patienceEnd(ctx context.Context) time.Time {
	until, _ := ctx.Value(patienceKey{}).(time.Time)
	return until
}
