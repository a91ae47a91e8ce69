package main

import "context"

// The curves: what Warren's cost is measured over.
const (
	curveLeads   = "leads"
	curveStreams = "streams"
)

// streamLeads are the leads of each stream on the curve over streams: so few that
// the cost of a stream itself is seen.
const streamLeads = 100

// grow runs Warren alone, once for each number of leads and of streams.
func (b *bench) grow(ctx context.Context) error {
	for _, size := range b.sizes {
		for _, on := range b.databases() {
			g := group{Database: on, Leads: size, Curve: curveLeads}
			if err := b.round(ctx, 0, g, []contender{b.warrenOn(on, 0)}, leadsSteps()); err != nil {
				return err
			}
		}
	}
	for _, streams := range b.streams {
		for _, on := range b.databases() {
			g := group{Database: on, Leads: streamLeads, Curve: curveStreams, Streams: streams}
			if err := b.round(ctx, 0, g, []contender{b.warrenOn(on, streams)}, streamsSteps()); err != nil {
				return err
			}
		}
	}
	return nil
}

func leadsSteps() []string   { return []string{stepFirst, stepUnchanged, stepThousand} }
func streamsSteps() []string { return []string{stepFirst, stepUnchanged, stepIdle} }
