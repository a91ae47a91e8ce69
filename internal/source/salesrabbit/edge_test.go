package salesrabbit_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// A record was modified in the very second of the question, and its status is
// new. Sources that compare with > show it in the pass by status only, the
// others in both, and it is yielded once.
func TestTrapANewStatusOfARecordChangedInTheSecondOfTheQuestion(t *testing.T) {
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, exclusive := range []bool{true, false} {
		clock := &stepping{now: start}
		c, server := account(t, sandbox.Config{Records: 50, Seed: 41, Clock: clock, Start: start, Traps: sandbox.Traps{Exclusive: exclusive}}, nil)
		clock.now = start.Add(time.Hour)
		leads := server.Change(sandbox.These(10_000_007, 10_000_008))
		clock.now = start.Add(2 * time.Hour)
		server.TouchStatus(sandbox.These(leads[0]))
		got := mustRead(t, c, stream(t, "leads"), crm.Request{Since: start.Add(time.Hour + 300*time.Millisecond)})
		if _, ok := got.records[strconv.FormatInt(leads[0], 10)]; !ok {
			t.Errorf("exclusive %v: it was passed over", exclusive)
		}
		if got.count != len(got.records) {
			t.Errorf("exclusive %v: %d records for %d leads", exclusive, got.count, len(got.records))
		}
	}
}
