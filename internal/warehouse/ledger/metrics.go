package ledger

import (
	"encoding/json"
	"maps"
	"math"

	"github.com/warren-sync/warren/internal/crm"
)

// Names in performance_metrics of what the history has no column for.
const (
	MetricOutside = "records_outside_range" // Run.Outside
	MetricCheck   = "check"                 // Run.Check
	metricScanned = "bytes_scanned"         // Run.Bill
	metricCost    = "estimated_cost_usd"    // Run.Bill
)

// performance returns what goes into performance_metrics: the metrics given,
// the bill, and the old system's three, computed as it did: records a second of the
// distinct records over at least one second, and the share of them that did
// not fail, in percent. The words of a check become such as any database takes:
// record ids stand in them.
func performance(run crm.Run, metrics map[string]any) map[string]any {
	all := billed(metrics, run.Bill)
	if check, ok := all[MetricCheck].(*crm.Check); ok && check != nil {
		told := *check
		told.First, told.Failed = visible(check.First, maxMessage), visible(check.Failed, maxMessage)
		all[MetricCheck] = &told
	}
	seconds := max(0, run.End.Sub(run.Start).Seconds())
	processed := float64(run.Counts.Processed())
	rate := 100.0
	if processed > 0 {
		rate = 100 * (processed - float64(run.Counts.Failed)) / processed
	}
	all["duration_seconds"] = rounded(seconds, 1e6)
	all["records_per_second"] = rounded(processed/max(1, seconds), 100)
	all["success_rate"] = rounded(rate, 100)
	return all
}

// billed returns the metrics and what the source charges, as far as it does.
func billed(metrics map[string]any, bill crm.Bill) map[string]any {
	all := maps.Clone(metrics)
	if all == nil {
		all = make(map[string]any, 5)
	}
	if bill != (crm.Bill{}) {
		all[metricScanned], all[metricCost] = bill.Scanned, bill.Dollars
	}
	return all
}

func rounded(x, scale float64) float64 { return math.Round(x*scale) / scale }

// measured reads into run what the history has no column for; metrics of the old
// system have none of it.
func measured(run *crm.Run, metrics string) {
	var m struct {
		Outside int64      `json:"records_outside_range"`
		Check   *crm.Check `json:"check"`
		Scanned int64      `json:"bytes_scanned"`
		Cost    float64    `json:"estimated_cost_usd"`
	}
	if json.Unmarshal([]byte(metrics), &m) != nil {
		return
	}
	run.Outside, run.Check, run.Bill = m.Outside, m.Check, crm.Bill{Scanned: m.Scanned, Dollars: m.Cost}
}
