package engine

import "github.com/warren-sync/warren/internal/crm"

// otherAccount refuses to write the records of one account over those of another, as a
// token that was mixed up would have it: their ids may be the same. Who asks for all
// records of the other one gets them.
func (r *run) otherAccount() error {
	state := r.session.State()
	was := state.Basis
	if c := state.Checkpoint; c != nil && c.Mode == crm.ModeFull && !c.Untouched {
		was = &c.Basis // a load that is under way
	}
	if was == nil || !was.OtherAccount(r.basis) || r.job.Ask.Full {
		return nil
	}
	return &crm.Error{
		Code: crm.CodeOtherAccount, Origin: crm.OriginConfig,
		Message: "the rows are those of the account " + was.Account + ", and the source is read as the account " + r.basis.Account,
		Fix: "set the token of the account " + was.Account + "; to have both, give the other one an entry of its own under sources, with a table_prefix; " +
			"if it has taken the place of the first for good, run once with --full",
	}
}
