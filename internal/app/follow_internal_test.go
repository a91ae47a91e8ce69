package app

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// An account that rests keeps no other account waiting, and a stream that rests no
// other stream.
func TestARestIsOfOneStreamOrOneAccount(t *testing.T) {
	things, parts, west := crm.StreamID{Source: "acme", Stream: "things"}, crm.StreamID{Source: "acme", Stream: "parts"}, crm.StreamID{Source: "west", Stream: "things"}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name         string
		of           crm.StreamID
		things, also bool // whether things rest, and parts
	}{
		{"stream", things, true, false},
		{"account", allOf(things), true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := following{rests: map[crm.StreamID]rest{}}
			f.failed(c.of, now)
			if f.resting(things, now) != c.things || f.resting(parts, now) != c.also || f.resting(west, now) {
				t.Errorf("%+v", f.rests)
			}
			if later := now.Add(lookAgain); f.resting(things, later) || f.resting(parts, later) {
				t.Errorf("%+v at its end", f.rests)
			}
		})
	}
}

// That a sync has the stream neither lengthens the pauses nor forgets what failed.
func TestABusyStreamKeepsItsPause(t *testing.T) {
	id := crm.StreamID{Source: "acme", Stream: "things"}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f := following{rests: map[crm.StreamID]rest{}}
	f.failed(id, now)
	for range 3 {
		f.busy(id, now)
		if !f.resting(id, now) || f.resting(id, now.Add(lookAgain)) {
			t.Errorf("%+v", f.rests)
		}
	}
	if got := f.failed(id, now); got != 2*lookAgain {
		t.Errorf("the second failure is followed by %s", got)
	}
}
