package app

import (
	"context"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// The ways to deal with a run that would have more scanned than its stream may.
const (
	OnMaxScanRefuse = "refuse"
	OnMaxScanWarn   = "warn"
)

// lookedBack is how many runs are looked at for one that shows what a run costs.
const lookedBack = 50

// maxScan returns how many bytes a run may have scanned, 0 for no bound. It refuses
// a run, or warns of it, whose day has none left, or fewer than the last run of its
// kind took.
func (a *App) maxScan(ctx context.Context, db warehouse.Driver, t Target, ask engine.Ask) (int64, error) {
	most := t.Account.MaxScan(t.Stream.Name)
	if most == 0 || !t.Account.Source.Billed || ask.Replay {
		return 0, nil
	}
	id := t.ID()
	today, err := ledger.History(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream, Since: a.Clock.Now().Truncate(24 * time.Hour)})
	if err != nil {
		return 0, db.Explain(err)
	}
	last, err := ledger.History(ctx, db, ledger.Filter{Source: id.Source, Stream: id.Stream, Limit: lookedBack})
	if err != nil {
		return 0, db.Explain(err)
	}
	all := ask.Full || ask.Verify || !t.Stream.Incremental // as far as can be told before the run is begun
	var spent, expected int64
	for _, run := range today {
		spent += run.Bill.Scanned
	}
	for _, run := range last {
		if run.Bill.Scanned > 0 && (run.Mode == crm.ModeIncremental) != all {
			expected = run.Bill.Scanned
			break
		}
	}
	left := most - spent
	if left > 0 && expected <= left {
		return left, nil
	}
	takes := ""
	if expected > 0 {
		takes = ", and a run like this takes about " + crm.Bytes(expected)
	}
	e := &crm.Error{
		Code: crm.CodeBudget, Origin: crm.OriginConfig,
		Message: fmt.Sprintf("%s may have %s scanned a day; %s were scanned today%s", id, crm.Bytes(most), crm.Bytes(spent), takes),
		Fix: fmt.Sprintf("run it tomorrow (UTC), raise max_scan_bytes of sources.%s or of its stream %s, or set on_max_scan: warn",
			id.Source, id.Stream),
	}
	if t.Account.Settings.Text("on_max_scan") == OnMaxScanWarn {
		a.Observe(crm.Notice{ID: id, Message: e.Message, Fix: e.Fix})
		return 0, nil
	}
	return 0, e
}
