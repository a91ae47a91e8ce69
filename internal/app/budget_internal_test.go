package app

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// What a run will scan is known from the last one of its kind that came to its end, and
// from those that were stopped since, which would have scanned still more.
func TestWhatARunWillScan(t *testing.T) {
	run := func(mode crm.Mode, status crm.Status, scanned int64) crm.Run {
		return crm.Run{Mode: mode, Status: status, Bill: crm.Bill{Scanned: scanned}}
	}
	full, changes, span, verify := crm.ModeFull, crm.ModeIncremental, crm.ModeRange, crm.ModeVerify
	good, bad, stopped := crm.StatusSuccess, crm.StatusFailed, crm.StatusCancelled
	for name, c := range map[string]struct {
		runs     []crm.Run // the newest first
		whole    bool      // the stream is read whole in any mode
		mode     crm.Mode
		want     int64
		complete bool
	}{
		"none":                      {nil, false, full, 0, false},
		"the newest":                {[]crm.Run{run(full, good, 5), run(full, good, 9)}, false, full, 5, true},
		"partial is an end as well": {[]crm.Run{run(full, crm.StatusPartial, 5), run(full, good, 9)}, false, full, 5, true},
		"of its kind":               {[]crm.Run{run(changes, good, 5), run(full, good, 9)}, false, full, 9, true},
		"verify reads everything":   {[]crm.Run{run(changes, good, 5), run(verify, good, 9)}, false, full, 9, true},
		"changes":                   {[]crm.Run{run(full, good, 9), run(changes, good, 5)}, false, changes, 5, true},
		"a range by the changes":    {[]crm.Run{run(full, good, 9), run(changes, good, 5)}, false, span, 5, true},
		"a range tells nothing":     {[]crm.Run{run(span, good, 9)}, false, changes, 0, false},
		"a stream read whole":       {[]crm.Run{run(span, good, 9), run(full, good, 8)}, true, full, 9, true},
		"one that cost nothing":     {[]crm.Run{run(full, good, 0), run(full, good, 9)}, false, full, 9, true},
		"one that was stopped":      {[]crm.Run{run(full, stopped, 2), run(full, good, 9)}, false, full, 9, true},
		"stopped when it had more":  {[]crm.Run{run(full, bad, 12), run(full, good, 9)}, false, full, 12, true},
		"none came to its end":      {[]crm.Run{run(full, bad, 12), run(full, bad, 13)}, false, full, 13, false},
	} {
		got, complete := reckon(c.runs, crm.Stream{Incremental: !c.whole}, c.mode)
		if got != c.want || complete != c.complete {
			t.Errorf("%s: %d, %v; want %d, %v", name, got, complete, c.want, c.complete)
		}
	}
}
