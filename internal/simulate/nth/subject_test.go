package nth_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/simulate/roadtest"
)

// subject is a stream whose syncs fail.
type subject struct {
	source  roadtest.Source
	stream  string
	records int      // in the account, of the stream that it has most of
	page    int      // records that come at once; 0: as many as the source likes
	batch   int      // records written at once
	issues  bool     // some of them hold senseless values
	text    string   // a column that somebody may edit
	rebuilt bool     // rows whose records are gone are deleted, whatever the policy
	thin    int      // without -every one in so many failures is tried
	stages  []string // the runs that fail
}

// subjects are one stream of each kind that there is. Most failures are tried with
// SalesRabbit: what is done to the database differs little between the sources.
func subjects() []subject {
	return []subject{
		{
			source: roadtest.SalesRabbit, stream: "leads", records: 60, page: 20, batch: 15, issues: true, text: "email", thin: 1,
			stages: []string{firstRun, incrementalRun, fullRun, hardRun, repairRun, refillRun},
		},
		{
			source: roadtest.HubSpot, stream: "contacts", records: 24, page: 8, batch: 7, issues: true, text: "email", thin: 9,
			stages: []string{firstRun, incrementalRun, fullRun, hardRun, repairRun},
		},
		{source: roadtest.HubSpot, stream: "deals_contacts", records: 60, page: 6, batch: 6, thin: 9, stages: []string{firstRun, fullRun}},
		{
			source: roadtest.SalesPro, stream: "estimate", records: 18, batch: 7, issues: true, text: "city", thin: 9,
			stages: []string{firstRun, incrementalRun, fullRun, repairRun},
		},
		{source: roadtest.SalesPro, stream: "measure_sheet", records: 8, batch: 7, rebuilt: true, thin: 9, stages: []string{firstRun, snapshotRun}},
		{source: roadtest.SalesPro, stream: "user_activity", records: 3, batch: 7, rebuilt: true, thin: 9, stages: []string{incrementalRun, snapshotRun}},
	}
}

// onEach runs a test once with each stage of each subject.
func onEach(t *testing.T, test func(t *testing.T, sub subject, st stage)) {
	t.Helper()
	for _, sub := range subjects() {
		t.Run(string(sub.source)+" "+sub.stream, func(t *testing.T) {
			for _, st := range stages() {
				if slices.Contains(sub.stages, st.name) {
					t.Run(st.name, func(t *testing.T) { test(t, sub, st) })
				}
			}
		})
	}
}

// every makes each operation meet each mishap. Without it each meets one of them at
// the most, which takes a fraction of the time.
var every = flag.Bool("every", false, "let every operation fail in every way")

// turns returns the first operation that a mishap befalls and how far the next is
// behind it: those of which the number less one, parted by step, leaves rest.
func turns(rest, step int) (first, next int64) {
	if *every {
		return 1, 1
	}
	return 1 + int64(rest%step), int64(step)
}
