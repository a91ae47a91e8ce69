package cli

import (
	"slices"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// usefulLimit refuses a --delete-limit that could never have an effect.
func (f *syncFlags) usefulLimit() error {
	if f.deleteLimit != "" && (f.since != "" || f.until != "" || f.maxRecords > 0) {
		return usage("--delete-limit is for runs that read everything, and --since, --until and --max-records read only a part",
			"Leave out --delete-limit, or read everything with --full.")
	}
	return nil
}

// usefulLimit refuses a --delete-limit that could never have an effect.
func (f *verifyFlags) usefulLimit() error {
	switch {
	case f.deleteLimit == "":
		return nil
	case !f.repair:
		return usage("--delete-limit is for --repair: without it nothing is deleted", "Add --repair, or leave out --delete-limit.")
	case f.sample > 0:
		return usage("--delete-limit is for comparing everything: a --sample shows of no row that its record is gone", "Leave out one of the two.")
	}
	return nil
}

// idleLimit reports whether a --delete-limit had no effect, since no run read
// everything.
func (f *syncFlags) idleLimit(results []app.Result) bool {
	return f.deleteLimit != "" && !slices.ContainsFunc(results, func(r app.Result) bool { return r.Run.Mode == crm.ModeFull || r.Run.Mode == "" })
}
