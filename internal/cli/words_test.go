package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/crm"
)

func TestWords(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for got, want := range map[string]string{
		instant(now):                       "2026-05-01 12:00:00 UTC",
		instant(time.Time{}) + "nothing":   "nothing",
		span(1234 * time.Millisecond):      "1.23s",
		span(-time.Second):                 "0s",
		span(4 * time.Millisecond):         "4ms",
		span(75 * time.Second):             "1m15s",
		span(3*time.Hour + 20*time.Second): "3h0m",
		ago(now, now):                      "just now",
		ago(now, now.Add(-time.Minute)):    "1 minute ago",
		ago(now, now.Add(-25*time.Hour)):   "25 hours ago",
		ago(now, now.Add(-72*time.Hour)):   "3 days ago",
		count(1, "entry"):                  "1 entry",
		count(2, "entry"):                  "2 entries",
		count(0, "record"):                 "0 records",
		short("abcdef", 4):                 "abc…",
		short("ab\x00", 9):                 `ab\u0000`,
		visible("a\nb\x1b", true):          "a\nb\\u001b",
		sentence("do it"):                  "Do it.",
		sentence("") + "empty":             "empty",
		sentence("Do it?"):                 "Do it?",
		quote("a b'c"):                     `'a b'\''c'`,
		quote("/tmp/x-1.db"):               "/tmp/x-1.db",
		moved(time.Time{}, time.Time{}):    "none, and not moved",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNamer(t *testing.T) {
	a, b := crm.StreamID{Source: "a", Stream: "x"}, crm.StreamID{Source: "b", Stream: "x"}
	if got := namer([]crm.StreamID{a, a})(a); got != "x" {
		t.Errorf("%q", got)
	}
	if got := namer([]crm.StreamID{a, b})(a); got != "a x" {
		t.Errorf("%q", got)
	}
	if got := namer(nil)(a); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestErrorsThatEscapedEverybody(t *testing.T) {
	strange := errors.New("strange")
	err := guarded(func(*cobra.Command, []string) error { return strange })(nil, nil)
	if e := asJSON(err); e.Code != crm.CodeInternal || e.Origin != crm.OriginWarren || e.Fix == "" || !errors.Is(err, strange) {
		t.Errorf("%+v", e)
	}
	if code := exitCode(t.Context(), err); code != ExitFailed {
		t.Errorf("exit code %d", code)
	}
	if asJSON(nil) != nil || exitCode(t.Context(), nil) != ExitOK {
		t.Error("no error is an error")
	}
	if e := asJSON(strange); e.Code != crm.CodeUsage {
		t.Errorf("%+v", e)
	}
}

func TestTheWorseExitCodeWins(t *testing.T) {
	order := []int{ExitOK, ExitPartial, ExitBusy, ExitFailed, ExitUsage, ExitInterrupted}
	for i, a := range order {
		for j, b := range order {
			if got := worse(a, b); got != order[max(i, j)] {
				t.Errorf("worse(%d, %d) = %d", a, b, got)
			}
		}
	}
}

func TestPercent(t *testing.T) {
	for score, want := range map[float64]string{100: "100%", 99.999: "99.99%", 93.333: "93.33%", 50: "50%", 0: "0%", 0.004: "0%"} {
		if got := percent(score); got != want {
			t.Errorf("%g: %s, want %s", score, got, want)
		}
	}
}

func TestWhatACheckFound(t *testing.T) {
	for want, check := range map[string]*crm.Check{
		"":                            nil,
		"nothing: the source is down": {Failed: "the source is down"},
		"1 record read again, as the source has it":        {Compared: 1, Right: 1},
		"7 records read again, all as the source has them": {Compared: 7, Right: 6, Pending: 1},
		"7 records read again, 2 rows wrong, the first: x": {Compared: 7, Right: 5, Stale: 2, First: "x"},
	} {
		if got := checked(check); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheTwoValuesOfAField(t *testing.T) {
	long := strings.Repeat("x", 200)
	const width = 80
	for want, d := range map[string]crm.FieldDifference{
		"    a: source '', warehouse NULL\n":                                                                {Column: "a", Source: crm.ShownText(""), Warehouse: crm.Shown{}},
		"    a: source 'x ', warehouse '\\u0009x'\n":                                                        {Column: "a", Source: crm.ShownText("x "), Warehouse: crm.ShownText("\tx")},
		"    a: source 'NULL', warehouse NULL\n":                                                            {Column: "a", Source: crm.ShownText("NULL")},
		"    a: source 1, warehouse NULL\n":                                                                 {Column: "a", Source: crm.ShownText("1"), Warehouse: crm.Shown{}},
		"    a: source    " + long[:62] + "…\n       warehouse b\\u000ac\n":                                 {Column: "a", Source: crm.ShownText(long), Warehouse: crm.ShownText("b\nc")},
		"    " + long[:75] + ": source    " + long[:19] + "…\n" + strings.Repeat(" ", 81) + "warehouse 1\n": {Column: long[:75], Source: crm.ShownText(long), Warehouse: crm.ShownText("1")},
		// What long texts have in common is left out where they would look alike.
		"    a: source …" + long[:15] + "1, warehouse …" + long[:15] + "23\n":         {Column: "a", Source: crm.ShownText(long + "1"), Warehouse: crm.ShownText(long + "23")},
		"    a: source    1" + long[:62] + "\n       warehouse 2" + long[:61] + "…\n": {Column: "a", Source: crm.ShownText("1" + long[:62]), Warehouse: crm.ShownText("2" + long)},
	} {
		if got := differs(d, width); got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
}
