package app

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// The ways to deal with a run that would have more scanned than its stream may.
const (
	OnMaxScanRefuse = "refuse"
	OnMaxScanWarn   = "warn"
)

// How many runs are looked at for those that show what a run costs. Most often the
// newest few do; where runs were refused by the hundred they stand far behind.
const (
	firstLook = 50
	mostLook  = 5000
)

// maxScan returns what tells a run how many bytes it may have scanned, 0 for no bound.
// It refuses a run, or warns of it, whose day has none left, or fewer than a run of its
// kind takes. A run that reads on in what is paid for already is never refused: most
// often it costs nothing, and what it has scanned in vain is gone.
func (a *App) maxScan(db warehouse.Driver, t Target) func(context.Context, crm.Mode, bool) (int64, error) {
	most := t.Account.MaxScan(t.Stream.Name)
	if most == 0 || !t.Account.Source.Billed {
		return nil
	}
	return func(ctx context.Context, mode crm.Mode, begun bool) (int64, error) {
		if mode == crm.ModeReplay {
			return 0, nil
		}
		spent, err := a.scannedToday(ctx, db, t.ID())
		if err != nil {
			return 0, err
		}
		left := most - spent
		var expected int64
		if !begun {
			if expected, err = expectedScan(ctx, db, t, mode); err != nil {
				return 0, err
			}
		}
		warns := t.Account.Settings.Text("on_max_scan") == OnMaxScanWarn
		switch {
		case left > 0 && expected <= left:
			return left, nil
		case begun && !warns:
			return 1, nil // should it have to be paid for once more, that is stopped at once
		case begun:
			return 0, nil
		}
		e := overspends(t.ID(), most, spent, expected)
		if warns {
			e.Fix = fmt.Sprintf("raise max_scan_bytes of sources.%s or of its stream %s, or set on_max_scan: refuse", t.ID().Source, t.ID().Stream)
			a.Observe(crm.Notice{ID: t.ID(), Message: e.Message, Fix: e.Fix})
			return 0, nil
		}
		return 0, e
	}
}

// scannedToday is what the runs of the stream have had scanned since midnight (UTC).
func (a *App) scannedToday(ctx context.Context, db warehouse.Driver, id crm.StreamID) (spent int64, err error) {
	runs, err := ledger.History(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream, Since: a.Clock.Now().Truncate(24 * time.Hour)})
	for _, run := range runs {
		spent += run.Bill.Scanned
	}
	return spent, db.Explain(err)
}

// expectedScan is about what a run in that mode will have scanned; 0 when nothing is
// known of it.
func expectedScan(ctx context.Context, db warehouse.Driver, t Target, mode crm.Mode) (int64, error) {
	id := t.ID()
	for limit := firstLook; ; limit *= 10 {
		runs, err := ledger.History(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream, Limit: limit})
		if err != nil {
			return 0, db.Explain(err)
		}
		expected, complete := reckon(runs, t.Stream, mode)
		if complete || len(runs) < limit || limit >= mostLook {
			return expected, nil
		}
	}
}

// reckon is what the last run of the kind that came to its end has had scanned, or one
// after it that was stopped before: that one would have taken more still. A range may
// be of any length, and tells nothing of another run. complete is whether there is one
// that came to its end.
func reckon(runs []crm.Run, stream crm.Stream, mode crm.Mode) (expected int64, complete bool) {
	for _, run := range runs {
		if run.Bill.Scanned == 0 || readsAll(stream, run.Mode) != readsAll(stream, mode) || stream.Incremental && run.Mode == crm.ModeRange {
			continue
		}
		expected = max(expected, run.Bill.Scanned)
		if run.Status.Complete() {
			return expected, true
		}
	}
	return expected, false
}

// readsAll reports whether runs in that mode have all of a stream scanned.
func readsAll(stream crm.Stream, mode crm.Mode) bool {
	return !stream.Incremental || mode == crm.ModeFull || mode == crm.ModeVerify
}

// overspends is why a run is refused.
func overspends(id crm.StreamID, most, spent, expected int64) *crm.Error {
	takes := ""
	if expected > 0 {
		takes = ", and a run like this takes about " + crm.Bytes(expected)
	}
	return &crm.Error{
		Code: crm.CodeBudget, Origin: crm.OriginConfig,
		Message: fmt.Sprintf("%s may have %s scanned a day; %s were scanned today%s", id, crm.Bytes(most), crm.Bytes(spent), takes),
		Fix: fmt.Sprintf("run it tomorrow (UTC), raise max_scan_bytes of sources.%s or of its stream %s, or set on_max_scan: warn",
			id.Source, id.Stream),
	}
}
