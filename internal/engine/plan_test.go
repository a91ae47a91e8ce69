package engine

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func day(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }

func known(watermark time.Time, checkpoint *crm.Checkpoint) warehouse.State {
	return warehouse.State{State: ledger.State{Watermark: watermark, Checkpoint: checkpoint}}
}

func TestDecide(t *testing.T) {
	var none time.Time
	changing := crm.Stream{Incremental: true, Cursor: "date_modified"}
	listed := crm.Stream{Cursor: "date_modified"}
	for name, c := range map[string]struct {
		ask       Ask
		stream    crm.Stream
		watermark time.Time
		mode      crm.Mode
		since     time.Time
		moves     bool
	}{
		"first run":                      {Ask{}, changing, none, crm.ModeFull, none, true},
		"later run":                      {Ask{}, changing, day(5), crm.ModeIncremental, day(5), true},
		"full asked for":                 {Ask{Full: true}, changing, day(5), crm.ModeFull, none, true},
		"no way to ask for changes":      {Ask{}, listed, day(5), crm.ModeFull, none, true},
		"no cursor":                      {Ask{}, crm.Stream{}, none, crm.ModeFull, none, false},
		"range wins over full":           {Ask{Full: true, Since: day(3)}, changing, day(5), crm.ModeRange, day(3), true},
		"range that leaves a gap":        {Ask{Since: day(6)}, changing, day(5), crm.ModeRange, day(6), false},
		"range before anything is known": {Ask{Since: day(6)}, changing, none, crm.ModeRange, day(6), false},
		"range with an end":              {Ask{Since: day(3), Until: day(9)}, changing, day(5), crm.ModeRange, day(3), false},
		"only an end":                    {Ask{Until: day(9)}, changing, day(5), crm.ModeRange, none, false},
		"capped":                         {Ask{MaxRecords: 10}, changing, day(5), crm.ModeIncremental, day(5), false},
		"dry":                            {Ask{DryRun: true}, changing, day(5), crm.ModeIncremental, day(5), false},
		"replay":                         {Ask{Replay: true}, changing, day(5), crm.ModeReplay, none, false},
	} {
		p := decide(&Job{Ask: c.ask, Stream: c.stream}, known(c.watermark, nil), crm.Basis{}, day(10))
		if p.mode != c.mode || !p.since.Equal(c.since) || p.watermark != c.moves {
			t.Errorf("%s: %s since %v, moves the watermark: %v", name, p.mode, p.since, p.watermark)
		}
	}
}

func TestDecideResumesOnlyTheSameWalk(t *testing.T) {
	stream := crm.Stream{Incremental: true, Cursor: "date_modified"}
	point := func(mode crm.Mode, since time.Time) *crm.Checkpoint {
		return &crm.Checkpoint{Token: "x", Mode: mode, Since: since, Saved: day(9).Add(12 * time.Hour)}
	}
	for name, c := range map[string]struct {
		ask        Ask
		watermark  time.Time
		checkpoint *crm.Checkpoint
		want       bool
	}{
		"full":                    {Ask{Full: true}, day(5), point(crm.ModeFull, time.Time{}), true},
		"incremental":             {Ask{}, day(5), point(crm.ModeIncremental, day(5)), true},
		"a full run comes first":  {Ask{}, day(5), point(crm.ModeFull, time.Time{}), true},
		"another mode":            {Ask{Full: true}, day(5), point(crm.ModeIncremental, time.Time{}), false},
		"another mapping":         {Ask{Full: true}, day(5), &crm.Checkpoint{Token: "x", Mode: crm.ModeFull, Saved: day(10), Basis: crm.Basis{Mapping: "x"}}, false},
		"another beginning":       {Ask{}, day(5), point(crm.ModeIncremental, day(4)), false},
		"not wanted":              {Ask{Restart: true}, day(5), point(crm.ModeIncremental, day(5)), false},
		"capped":                  {Ask{MaxRecords: 5}, day(5), point(crm.ModeIncremental, day(5)), false},
		"dry":                     {Ask{DryRun: true}, day(5), point(crm.ModeIncremental, day(5)), false},
		"no token":                {Ask{Full: true}, day(5), &crm.Checkpoint{Mode: crm.ModeFull, Saved: day(10)}, false},
		"too old":                 {Ask{Full: true}, day(5), &crm.Checkpoint{Token: "x", Mode: crm.ModeFull, Saved: day(8)}, false},
		"nothing to go on behind": {Ask{}, day(5), nil, false},
	} {
		if p := decide(&Job{Ask: c.ask, Stream: stream}, known(c.watermark, c.checkpoint), crm.Basis{}, day(10)); (p.resume != nil) != c.want {
			t.Errorf("%s: resumes: %v", name, p.resume != nil)
		}
	}
}

func TestWithin(t *testing.T) {
	changing, listed := crm.Stream{Incremental: true}, crm.Stream{}
	p := plan{mode: crm.ModeRange, since: day(3), until: day(5)}
	for name, c := range map[string]struct {
		stream crm.Stream
		cursor crm.Value
		want   bool
	}{
		"in":                             {changing, crm.TimestampValue(day(4)), true},
		"at the end":                     {changing, crm.TimestampValue(day(5)), false},
		"at the beginning":               {listed, crm.TimestampValue(day(3)), true},
		"before, and the source filters": {changing, crm.TimestampValue(day(2)), true},
		"before, and it does not":        {listed, crm.TimestampValue(day(2)), false},
		"without a time":                 {listed, crm.Value{}, true},
	} {
		if got := p.within(&c.stream, c.cursor); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	full := plan{mode: crm.ModeFull}
	if !full.within(&changing, crm.TimestampValue(day(9))) {
		t.Error("a full run leaves something out")
	}
}

func TestDecideReadsEverythingWhenTheTableIsNoGround(t *testing.T) {
	stream := crm.Stream{Incremental: true, Cursor: "date_modified"}
	basis := crm.Basis{Endpoint: "here", Account: "7", Mapping: "m"}
	for name, c := range map[string]struct {
		state ledger.State
		empty bool
		want  crm.Mode
	}{
		"all as it was":          {ledger.State{Basis: &basis}, false, crm.ModeIncremental},
		"nothing known of it":    {ledger.State{}, false, crm.ModeIncremental},
		"an empty table":         {ledger.State{Basis: &basis}, true, crm.ModeFull},
		"another address":        {ledger.State{Basis: &crm.Basis{Endpoint: "there", Mapping: "m"}}, false, crm.ModeFull},
		"an account not told":    {ledger.State{Basis: &crm.Basis{Endpoint: "here", Mapping: "m"}}, false, crm.ModeIncremental},
		"another mapping":        {ledger.State{Basis: &crm.Basis{Endpoint: "here", Mapping: "n"}}, false, crm.ModeFull},
		"a full run not ended":   {ledger.State{Basis: &basis, Checkpoint: &crm.Checkpoint{Mode: crm.ModeFull}}, false, crm.ModeFull},
		"changes not read whole": {ledger.State{Basis: &basis, Checkpoint: &crm.Checkpoint{Mode: crm.ModeIncremental}}, false, crm.ModeIncremental},
	} {
		c.state.Watermark = day(5)
		p := decide(&Job{Stream: stream}, warehouse.State{State: c.state, Empty: c.empty}, basis, day(10))
		if p.mode != c.want || (p.why != "") != (c.want == crm.ModeFull) {
			t.Errorf("%s: %s, because %q", name, p.mode, p.why)
		}
	}
}
