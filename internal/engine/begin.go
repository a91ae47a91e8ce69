package engine

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// allow asks how much the run may have scanned: now that nobody else has the stream,
// and before anything of it is read, or noted as begun.
func (r *run) allow(ctx context.Context) (err error) {
	if r.job.MaxScan != nil {
		resume := r.plan.resume
		r.maxScan, err = r.job.MaxScan(ctx, r.plan.mode, resume != nil && (!resume.Fresh || resume.Paid))
	}
	return err
}

// begin refuses what makes no sense, and notes what the next run has to know
// should this one die before its first batch (L4): that everything has to be read,
// and where the walk began.
func (r *run) begin(ctx context.Context) error {
	if err := r.otherAccount(); err != nil {
		return err
	}
	if err := r.otherKeys(); err != nil {
		return err
	}
	if state := r.session.State(); r.plan.mode == crm.ModeVerify && state.Empty && state.Basis == nil {
		if err := r.job.Connector.Check(ctx, r.job.Stream); err != nil {
			return err // it could not have been synced
		}
		return &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: "nothing of " + r.job.ID.String() + " was synced yet",
			Fix: "run warren sync " + r.job.ID.String() + " first",
		}
	}
	if r.plan.resume != nil {
		r.note(r.plan.resume)
	}
	c := &crm.Checkpoint{Mode: crm.ModeFull, Start: r.started, Saved: r.started, Basis: r.basis, Untouched: true, Due: r.job.Ask.Full}
	if before := r.session.State().Checkpoint; before != nil && before.Mode == crm.ModeFull {
		c.Untouched, c.Due = before.Untouched, c.Due || before.Due
	}
	if r.token = r.startToken(); r.token != "" {
		c.Token, c.Fresh, c.Mode, c.Since, c.Walk = r.token, true, r.plan.mode, r.plan.since, r.preparer.walk
		r.preparer.begun = r.started
	} else if !r.fullDue() {
		return nil
	}
	r.note(c)
	_, err := r.session.Write(ctx, &warehouse.Batch{Checkpoint: c})
	return err
}

// note keeps a checkpoint that says that no row was written since.
func (r *run) note(c *crm.Checkpoint) {
	if c.Untouched {
		r.noted = c
	}
}

// touch has the first batch with a record say in its checkpoint that rows were written.
func (r *run) touch(b *warehouse.Batch) {
	nothing := len(b.Rows)+len(b.Rejects)+len(b.Gone) == 0
	switch {
	case r.noted == nil || nothing && b.Checkpoint == nil:
	case nothing:
		b.Checkpoint.Untouched, b.Checkpoint.Due = true, r.noted.Due
		r.noted = b.Checkpoint
	case b.Checkpoint == nil:
		c := *r.noted
		c.Untouched = false
		b.Checkpoint, r.noted = &c, nil
	default:
		r.noted = nil
	}
}

// touchTable says in the checkpoint that rows were written, ahead of what is written
// without one.
func (r *run) touchTable(ctx context.Context) error {
	if r.noted == nil {
		return nil
	}
	c := *r.noted
	c.Untouched, r.noted = false, nil
	_, err := r.session.Write(ctx, &warehouse.Batch{Checkpoint: &c})
	return err
}

// startToken is the checkpoint of a source whose new walk cannot just begin; ""
// for all others, and where the run goes on with a walk or cannot be gone on with.
func (r *run) startToken() string {
	starter, ok := r.job.Connector.(crm.Starter)
	if !ok || !r.plan.checkpoints || r.plan.resume != nil {
		return ""
	}
	return starter.Start(r.job.Stream, r.request())
}

// fullDue reports whether it has to be noted that a full run is due. It is where
// one begins, and where a run that does not read everything writes rows in
// another way than the others were written: should the mapping be changed back,
// nothing else would tell of them.
func (r *run) fullDue() bool {
	state := r.session.State()
	c := state.Checkpoint
	switch {
	case r.job.Ask.DryRun:
		return false
	case r.plan.checkpoints:
		return r.plan.mode == crm.ModeFull && r.plan.resume == nil && r.job.Stream.Incremental && !state.Watermark.IsZero()
	case c != nil && c.Token != "" && !c.Basis.Same(r.basis):
		return true // a walk that is not to be gone on with
	default:
		return state.Basis != nil && !state.Basis.Same(r.basis) && (c == nil || c.Mode != crm.ModeFull || c.Untouched)
	}
}
