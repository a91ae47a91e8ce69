package cli

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// printCalls tells how often each source was called; of one that charges for queries,
// how many there were.
func (c *command) printCalls(cfg *config.Config, results []app.Result) {
	var parts []string
	for i := 0; i < len(results); {
		source, all := results[i].ID.Source, crm.Run{}
		for ; i < len(results) && results[i].ID.Source == source; i++ {
			all.Requests += callsOf(results[i].Run)
			all.Counts.Add(results[i].Run.Counts)
		}
		if all.Requests > 0 {
			what := fmt.Sprint(all.Requests)
			if account, ok := cfg.Account(source); ok && account.Source.Billed {
				what = count(all.Requests, "query")
			}
			parts = append(parts, source+" "+what+perChange(all))
		}
	}
	if len(parts) > 0 {
		c.say("Calls: %s", strings.Join(parts, "; "))
	}
}

// callsOf is how often a run asked its source, the look at its end included.
func callsOf(run crm.Run) int64 {
	if run.Check == nil {
		return run.Requests
	}
	return run.Requests + run.Check.Calls
}

// asking is what a run asks its source by.
func asking(run crm.Run) string {
	if run.Bill != (crm.Bill{}) {
		return "query"
	}
	return "call"
}

// perChange says how many calls a changed record took; "" where nothing changed.
func perChange(run crm.Run) string {
	changed := run.Counts.Created + run.Counts.Updated + run.Counts.Deleted
	if changed == 0 {
		return ""
	}
	return fmt.Sprintf(", %.2g a changed record", float64(callsOf(run))/float64(changed))
}
