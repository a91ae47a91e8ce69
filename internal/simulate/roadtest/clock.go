package roadtest

import (
	"context"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
)

// still shows a clock's time to somebody whose waits never end by themselves:
// to the engine, whose lease then is not renewed behind the test's back.
type still struct{ *crmtest.Clock }

func (still) Wait(ctx context.Context, _ time.Duration) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// patient shows a clock's time to somebody who waits for another one: to a
// database, whose lock is free only when its holder has let it go.
type patient struct{ *crmtest.Clock }

func (patient) Wait(ctx context.Context, d time.Duration) error {
	return crm.SystemClock{}.Wait(ctx, d)
}
