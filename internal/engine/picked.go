package engine

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
)

// picked yields the records that the run was asked for, each once.
func (r *run) picked(ctx context.Context) iter.Seq2[crm.Page, error] {
	fetcher, ok := r.job.Connector.(crm.Fetcher)
	if !ok {
		return func(yield func(crm.Page, error) bool) {
			yield(crm.Page{}, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: r.job.ID.Source + " cannot be asked for single records",
				Fix: "leave out --id: then all that changed since the last run is read",
			})
		}
	}
	asked := map[string]bool{}
	var ids []string
	for _, id := range r.job.Ask.Picked {
		if !asked[id] {
			asked[id] = true
			ids = append(ids, id)
		}
	}
	return fetcher.Fetch(ctx, r.job.Stream, ids)
}
