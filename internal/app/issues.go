package app

import (
	"context"
	"slices"

	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// issuePage is how many issues are read at once while some are looked for
// (L11).
const issuePage = 1000

// Issues lists issues, the oldest first, of one field where field is not "",
// and at most f.Limit of them where that is not 0. more says that there are
// further ones. Fields go by the source's name or by that of their column.
func (a *App) Issues(ctx context.Context, f ledger.Filter, field string) (issues []ledger.StoredIssue, more bool, err error) {
	most := f.Limit
	_, err = a.Look(ctx, func(db warehouse.Driver) error {
		f.Limit = issuePage
		for {
			page, err := ledger.Issues(ctx, db, f)
			if err != nil || len(page) == 0 {
				return err
			}
			f.After = page[len(page)-1].ID
			issues = append(issues, slices.DeleteFunc(page, func(i ledger.StoredIssue) bool {
				return field != "" && i.Field != field && i.Column != field
			})...)
			if most > 0 && len(issues) > most {
				issues, more = issues[:most], true
				return nil
			}
		}
	})
	return issues, more, err
}
