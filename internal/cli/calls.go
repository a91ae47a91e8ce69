package cli

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// printCalls tells how often each source was called.
func (c *command) printCalls(results []app.Result) {
	var parts []string
	for i := 0; i < len(results); {
		source, all := results[i].ID.Source, crm.Run{}
		for ; i < len(results) && results[i].ID.Source == source; i++ {
			all.Requests += results[i].Run.Requests
			all.Counts.Add(results[i].Run.Counts)
		}
		if all.Requests > 0 {
			parts = append(parts, fmt.Sprintf("%s %d%s", source, all.Requests, perChange(all)))
		}
	}
	if len(parts) > 0 {
		c.say("Calls: %s", strings.Join(parts, "; "))
	}
}

// perChange says how many calls a changed record took; "" where nothing changed.
func perChange(run crm.Run) string {
	changed := run.Counts.Created + run.Counts.Updated + run.Counts.Deleted
	if changed == 0 {
		return ""
	}
	return fmt.Sprintf(", %.2g a changed record", float64(run.Requests)/float64(changed))
}
