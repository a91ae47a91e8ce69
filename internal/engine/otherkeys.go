package engine

import "github.com/warren-sync/warren/internal/crm"

// otherKeys refuses to write a part of a stream whose rows have no key but what they
// hold, where the rows of the table were made of other fields, or are not Warren's: each
// of these would come a second time. A walk that shows all there is replaces them.
func (r *run) otherKeys() error {
	state := r.session.State()
	was := state.Basis
	if was == nil && state.Checkpoint != nil {
		was = &state.Checkpoint.Basis // a first load that is under way
	}
	same := was != nil && was.Mapping == r.basis.Mapping || was == nil && state.Batch > 0 // a part that Warren has read
	if same || !r.job.Stream.Snapshot || state.Empty || r.plan.stage || r.job.Ask.DryRun || r.plan.mode == crm.ModeReplay {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig,
		Message: "the rows of " + r.job.Stream.Name + " have no key but what they hold, and those that are there were made of other fields: a part of them would come a second time",
		Fix:     "run warren sync " + r.job.ID.String() + " first, without a range or --max-records: it replaces them all",
	}
}
