package engine

import (
	"context"
	"iter"

	"github.com/warren-sync/warren/internal/crm"
)

// unpickable is why a job that asks for single records cannot be done; else nil. It is said
// before the warehouse is touched.
func (j *Job) unpickable() error {
	_, picks := j.Connector.(crm.Fetcher)
	_, unknown := j.Connector.(crm.Unasked)
	if picks || unknown || len(j.Ask.Picked) == 0 {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: j.ID.Source + " cannot be asked for single records",
		Fix: "leave out --id: then all that changed since the last run is read",
	}
}

// picked yields the records that the run was asked for, each once.
func (r *run) picked(ctx context.Context) iter.Seq2[crm.Page, error] {
	fetcher, _ := r.job.Connector.(crm.Fetcher) // or the job were unpickable
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
