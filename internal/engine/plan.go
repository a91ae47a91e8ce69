package engine

import (
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// plan is what a run will do.
type plan struct {
	mode         crm.Mode
	since, until time.Time
	resume       *crm.Checkpoint // where an unfinished walk goes on; nil to begin anew
	checkpoints  bool            // whether this walk may be gone on with later
	watermark    bool            // whether completing it moves the watermark (L1)
	sweep        bool            // whether rows that it does not show are gone from the source
	remember     bool            // whether the records that it shows are remembered: for its own sweep, or for that of a walk yet to be completed
	stage        bool            // whether what it writes comes into the table at its end, all at once
	look         int             // records to read again and compare when it has ended; 0 for none
	why          string          // why it reads everything although nobody asked; "" when it is no surprise
}

// checkpointLife bounds how old a walk may be to be gone on with: the older,
// the more of it has to be read again by the run after it.
const checkpointLife = 24 * time.Hour

// decide settles the mode, in the old system's order: a given range, then
// full, then the watermark, then full because nothing is known yet. basis is
// what this run is made with.
func decide(job *Job, state warehouse.State, basis crm.Basis, now time.Time) plan {
	ask, stream := job.Ask, job.Stream
	var p plan
	switch {
	case ask.Replay:
		p.mode = crm.ModeReplay
	case ask.Verify:
		p.mode = crm.ModeVerify
	case len(ask.Picked) > 0:
		p.mode = crm.ModePicked
	case !ask.Since.IsZero() || !ask.Until.IsZero():
		p.mode, p.since, p.until = crm.ModeRange, ask.Since, ask.Until
	case ask.Full || state.Watermark.IsZero() || !stream.Incremental:
		p.mode = crm.ModeFull
	default:
		if p.why = outdated(stream, state, basis); p.why == "" {
			p.why = overdue(stream, state, now)
		}
		if p.why != "" {
			p.mode = crm.ModeFull
			break
		}
		p.mode, p.since = crm.ModeIncremental, state.Watermark
	}
	capped := ask.MaxRecords > 0
	walk := p.mode == crm.ModeFull || p.mode == crm.ModeIncremental
	p.checkpoints = walk && !capped && !ask.DryRun

	// A range that begins at or before the watermark and is open to now
	// leaves no gap, so completing it may move the watermark; one that begins
	// after it, or anything cut short, may not (L1).
	gapless := walk || p.mode == crm.ModeRange &&
		p.until.IsZero() && !state.Watermark.IsZero() && !p.since.After(state.Watermark)
	p.watermark = gapless && !capped && !ask.DryRun && (stream.Cursor != "" || stream.Incremental)

	c := state.Checkpoint
	if p.checkpoints && !ask.Restart && c != nil && c.Token != "" && (c.Fresh || !state.Empty) &&
		c.Mode == p.mode && c.Since.Equal(p.since) && c.Basis.Same(basis) && now.Sub(c.Saved) < checkpointLife {
		p.resume = c
	}
	// Only a walk that shows all there is proves that something is gone, and
	// only rows that were there before it can be: before its query was made, where it
	// has one, even if nothing of it was read yet.
	all := p.mode == crm.ModeFull && !capped && !ask.Additive || p.mode == crm.ModeVerify && ask.Sample == 0
	p.sweep = all && !state.Empty && (job.Deletes.How != crm.DeletesOff || p.mode == crm.ModeVerify || stream.Snapshot) &&
		(p.resume == nil || p.resume.Walk != 0)
	// What goes on with a first load goes on writing into the table.
	p.stage = all && stream.Snapshot && !state.Empty && !ask.DryRun && (p.resume == nil || p.resume.Fresh)
	p.remember = p.sweep || !ask.DryRun && c != nil && c.Walk != 0
	if p.checkpoints {
		p.look = ask.Look
	}
	return p
}

// outdated says why what the table holds is no ground for an incremental run;
// "" when it is. A watermark speaks of records that were read from one address
// and mapped in one way, into the table that is there.
func outdated(stream crm.Stream, state warehouse.State, basis crm.Basis) string {
	c := state.Checkpoint
	switch was := state.Basis; {
	case state.Empty:
		return "the table is empty"
	case stream.Snapshot && state.Basis == nil:
		return "the rows that are there were not written by Warren, and have no key"
	case len(state.Lost) > 0:
		return lostColumns(state.Lost)
	case was == nil && state.ColumnsLost > 0:
		return "the table had lost columns, and no run has read everything since"
	case was != nil && was.Endpoint != basis.Endpoint:
		return "the address of the source has changed from " + was.Endpoint
	case was != nil && was.Mapping != basis.Mapping:
		return "fields, rules or columns have changed since the last run"
	case c == nil || c.Untouched && !c.Due:
		return "" // a run that wrote nothing, at a mistyped address perhaps, has spoilt nothing
	case c.Mode == crm.ModeFull && c.Basis.Mapping != basis.Mapping:
		return "some rows were written with other fields, rules or columns"
	case c.Mode == crm.ModeFull:
		return "an earlier full run was not completed"
	default:
		return ""
	}
}

func lostColumns(names []string) string {
	return "the table had lost what it held in " + strings.Join(names, ", ")
}

// overdue says why a stream is to be read whole although its changes could be asked
// for; "" when it is not. A walk that was begun for that reason is gone on with.
func overdue(stream crm.Stream, state warehouse.State, now time.Time) string {
	if stream.FullEvery == 0 || now.Sub(state.LastFull) < stream.FullEvery {
		return ""
	}
	if state.LastFull.IsZero() {
		return "no full run is in the history, and there are changes that the source does not tell of"
	}
	return "the last full run was at " + state.LastFull.Format(time.DateTime) + ", and there are changes that the source does not tell of"
}

// within reports whether a record belongs to the run. Sources cannot be asked
// for an upper bound, and some streams not for a lower one either. A record
// without a time belongs to every range: it cannot be told that it does not.
func (p *plan) within(stream *crm.Stream, cursor crm.Value) bool {
	if p.mode != crm.ModeRange || !cursor.Valid {
		return true
	}
	t := cursor.Time()
	if !p.until.IsZero() && !t.Before(p.until) {
		return false
	}
	return stream.Incremental || p.since.IsZero() || !t.Before(p.since)
}
