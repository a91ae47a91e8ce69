package crmtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/crmtest"
)

var _ crm.Clock = (*crmtest.Clock)(nil)

func TestAClockThatWaitsTakesNoTime(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := crmtest.NewClock(start)
	if err := clock.Wait(t.Context(), time.Hour); err != nil || !clock.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("after an hour it is %s: %v", clock.Now(), err)
	}
	gaveUp := errors.New("gave up")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gaveUp)
	if err := clock.Wait(ctx, time.Hour); !errors.Is(err, gaveUp) || !clock.Now().Equal(start.Add(time.Hour)) {
		t.Errorf("who gave up waited until %s: %v", clock.Now(), err)
	}
}
