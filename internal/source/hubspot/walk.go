package hubspot

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
)

// walk goes over the records of one type: over all of them, or over those that
// have changed.
type walk struct {
	c       *connector
	object  object
	names   []string // the properties that are wanted of each record
	req     crm.Request
	at      token
	only    bool // active records are wanted only
	inLists bool // the properties fit into the address of a list
	size    sizes
	owed    portion // what calls cost that brought nothing to yield
}

// portion is what one call of a walk brought.
type portion struct {
	records  []jsontext.Value
	bare     bool  // the records hold nothing but their ids
	archived bool  // they are archived ones
	at       token // where the walk goes on behind it
	last     bool
	notice   string

	bytes    int64
	requests int
}

// newWalk begins a walk, or goes on with one.
func (c *connector) newWalk(o object, req crm.Request, names []string) *walk {
	w := &walk{c: c, object: o, names: names, req: req, inLists: fits(names), size: newSizes(c, req)}
	changes := !req.Since.IsZero()
	var found bool
	if w.at, found = parseToken(req.Resume, changes); found {
		return w
	}
	w.at = token{Phase: phaseActive}
	if changes {
		w.at = token{Phase: phaseChanges, From: max(req.Since.UnixMilli(), earliest)}
		if !req.Until.IsZero() {
			w.at.End = max(ceilMilli(req.Until), w.at.From+1)
		}
		w.at.To = w.at.End
	}
	return w
}

// earliest is the least time that a search is asked for: of the first instant of
// 1970 HubSpot answers 500.
const earliest = 1000

// ceilMilli is a time in ms since 1970, rounded up.
func ceilMilli(t time.Time) int64 { return t.Add(time.Millisecond - 1).UnixMilli() }

// portions yields what the walk brings, call by call.
func (w *walk) portions(ctx context.Context) iter.Seq2[portion, error] {
	switch w.at.Phase {
	case phaseDone:
		return func(yield func(portion, error) bool) { yield(portion{at: w.at, last: true}, nil) }
	case phaseChanges:
		return w.changes(ctx)
	}
	return w.lists(ctx)
}

// start is the source's clock when the walk began.
func (t token) start() time.Time {
	if t.Start == 0 {
		return time.Time{}
	}
	return time.UnixMilli(t.Start).UTC()
}

// begin notes the source's clock at the first call of a walk.
func (t *token) begin(a *answer) {
	if t.Start == 0 {
		t.Start = max(a.sent.UnixMilli(), 0)
	}
}

// wanted returns the properties to ask for: those that columns are made of, as far
// as the account has them, the time of change, and the merged records.
func (c *connector) wanted(stream crm.Stream, o object) []string {
	c.mu.Lock()
	found := c.found[o.name]
	c.mu.Unlock()
	names := []string{propertyID, o.modified, o.created, propertyMerged}
	for _, f := range stream.Fields {
		for _, path := range f.Paths {
			if name, is := propertyAt(path); is && (found == nil || found[name]) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
