package main

import "testing"

func testGrowthIsMeasuredAtEverySize(t *testing.T, b *bench) {
	b.sizes, b.streams = []int{100, 150}, []int{1, 3}
	if err := b.grow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, on := range b.databases() {
		for _, size := range b.sizes {
			for _, step := range leadsSteps() {
				if got := len(b.report.turns(group{Database: on, Leads: size, Curve: curveLeads}, step, nameWarren)); got != 1 {
					t.Errorf("%s, %d leads, %s: %d turns", on, size, step, got)
				}
			}
		}
		for _, streams := range b.streams {
			g := group{Database: on, Leads: streamLeads, Curve: curveStreams, Streams: streams}
			// Each stream asks for its page and looks again at a few records; where it
			// reads only changes, it asks for those of the status as well.
			for step, want := range map[string]struct{ records, written, calls int }{
				stepFirst:     {streams * streamLeads, streams * streamLeads, streams * 2},
				stepUnchanged: {streams * streamLeads, 0, streams * 2},
				stepIdle:      {0, 0, streams * 3},
			} {
				turns := b.report.turns(g, step, nameWarren)
				if len(turns) != 1 {
					t.Fatalf("%s, %d streams, %s: %d turns", on, streams, step, len(turns))
				}
				if one := turns[0]; one.Records != want.records || one.Written != want.written || one.Calls != want.calls || one.Wall <= 0 || one.Peak <= 0 {
					t.Errorf("%s, %d streams: %+v", on, streams, one)
				}
			}
		}
	}
}
