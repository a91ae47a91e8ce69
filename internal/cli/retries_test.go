package cli

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Streams that wait for a source that is left alone say so with --debug only: it was told
// once for all of them.
func TestWaitingForASourceThatIsLeftAloneIsQuiet(t *testing.T) {
	down := errors.New("acme cannot be reached")
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	happened := []crm.Event{
		crm.RetryScheduled{Source: "acme", Attempt: 1, Wait: time.Second, Err: down},
		crm.BreakerOpened{Source: "acme", Failures: 10, Since: since, Until: since.Add(time.Minute), Err: down},
		crm.RetryScheduled{Source: "acme", Attempt: 1, Wait: 59 * time.Second, Err: down, Held: true},
		crm.BreakerClosed{Source: "acme", Down: 61 * time.Second},
	}
	for level, want := range map[slog.Level][]string{
		slog.LevelInfo: {
			`level=WARN msg="acme: attempt 1 failed, next in 1s: acme cannot be reached"`,
			`level=WARN msg="acme failed 10 times in a row since 2026-01-02 03:04:05 UTC and is left alone; it is tried again at 2026-01-02 03:05:05 UTC: acme cannot be reached"`,
			`level=INFO msg="acme answers again, after 1m1s"`,
		},
		slog.LevelDebug: {
			`level=WARN msg="acme: attempt 1 failed, next in 1s: acme cannot be reached"`,
			`level=WARN msg="acme failed 10 times in a row since 2026-01-02 03:04:05 UTC and is left alone; it is tried again at 2026-01-02 03:05:05 UTC: acme cannot be reached"`,
			`level=DEBUG msg="acme: attempt 1 failed, next in 59s: acme cannot be reached"`,
			`level=INFO msg="acme answers again, after 1m1s"`,
		},
	} {
		var out bytes.Buffer
		l := newLogEvents(t.Context(), slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})))
		for _, e := range happened {
			l.hear(e)
		}
		if got := strings.TrimSpace(out.String()); got != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", level, got, strings.Join(want, "\n"))
		}
	}
}
