package simulate_test

import (
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/simulate"
)

// within is how many lives a bug may go unnoticed.
const within = 500

// The simulation is worth what it finds. Each of these is a mistake that some
// sync has shipped with; none is in the code, each is wrapped around the real
// parts of Warren.
func TestPlantedBugsAreCaught(t *testing.T) {
	for name, c := range map[string]struct {
		plant  simulate.Plant
		laws   []string // any of which may be the one that notices
		beside []string // which notice something that follows from the bug, and end lives that do not count
	}{
		"the watermark is the end of the run":               {simulate.Plant{Session: watermarkAtEnd}, []string{"L1"}, nil},
		"changes after the watermark, not at it":            {simulate.Plant{Transport: exclusive}, []string{"L1", "L4"}, nil},
		"the checkpoint is saved before its batch":          {simulate.Plant{Session: checkpointFirst}, []string{"L1", "L4"}, nil},
		"attempts to insert are counted as rows":            {simulate.Plant{Driver: countAttempts}, []string{"L2"}, nil},
		"a fetch that failed is an empty page":              {simulate.Plant{Connector: failedIsEmpty}, []string{"L1", "L3", "L4"}, nil},
		"pages by number over a set that moves":             {simulate.Plant{Connector: naivePaging}, []string{"L1", "L3", "L4"}, nil},
		"a lost commit is made again without asking":        {simulate.Plant{Driver: commitAgain}, []string{"L2", "errors"}, nil},
		"the version read last wins":                        {simulate.Plant{Driver: lastReadWins}, []string{"L9", "L1", "verify"}, nil},
		"a dry run writes":                                  {simulate.Plant{Session: dryWrites}, []string{"L6"}, nil},
		"a lease ends before its time":                      {simulate.Plant{Driver: shortLease}, []string{"L7"}, []string{"deletes"}},
		"what cannot be written is dropped":                 {simulate.Plant{Session: dropRejects}, []string{"L2", "L3", "errors"}, nil},
		"a value becomes NULL and nobody is told":           {simulate.Plant{Session: dropIssues}, []string{"L2", "L5"}, nil},
		"every row is written anew":                         {simulate.Plant{Driver: forgetHashes}, []string{"L10"}, nil},
		"what pages may have passed over counts as deleted": {simulate.Plant{Connector: sure}, []string{"L3"}, nil},
		"a row that comes back unchanged stays marked":      {simulate.Plant{Driver: forgetMissing}, []string{"L4", "verify"}, nil},
		"a hard delete takes a row that was shown":          {simulate.Plant{Session: deleteShown}, []string{"L1", "L3", "L4"}, nil},
		"a changed mapping is not noticed":                  {simulate.Plant{Session: forgetBasis}, []string{"L3", "L4", "L5"}, nil},
		"a walk that goes on forgets what it was shown":     {simulate.Plant{Session: forgetShown}, []string{"L3", "L4"}, nil},
		"verify does not look at a column":                  {simulate.Plant{Session: blindToEmail}, []string{"verify"}, nil},
		"verify mends nothing and says that it did":         {simulate.Plant{Session: mendNothing}, []string{"L4"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caught(t, "salesrabbit", c.plant, c.laws, c.beside)
		})
	}
}

// The same mistakes, and those that only they can suffer from, around the other sources.
func TestPlantedBugsAreCaughtAroundEverySource(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		plant  simulate.Plant
		laws   []string
	}{
		"HubSpot, the watermark is the end of the run":   {"hubspot", simulate.Plant{Session: watermarkAtEnd}, []string{"L1", "L4"}},
		"HubSpot, a fetch that failed is an empty page":  {"hubspot", simulate.Plant{Connector: failedIsEmpty}, []string{"L1", "L3", "L4"}},
		"HubSpot, the version read last wins":            {"hubspot", simulate.Plant{Driver: lastReadWins}, []string{"L9", "L1", "L4", "verify"}},
		"HubSpot, archived records are not asked for":    {"hubspot", simulate.Plant{Transport: archivedUnseen}, []string{"L1", "L4", "verify"}},
		"SalesPro, the watermark is the end of the run":  {"salespro", simulate.Plant{Session: watermarkAtEnd}, []string{"L1", "L4"}},
		"SalesPro, a fetch that failed is an empty page": {"salespro", simulate.Plant{Connector: failedIsEmpty}, []string{"L1", "L3", "L4"}},
		"SalesPro, every row is written anew":            {"salespro", simulate.Plant{Driver: forgetHashes}, []string{"L10"}},
		"SalesPro, a delete takes a row that was shown":  {"salespro", simulate.Plant{Session: deleteShown}, []string{"L1", "L3", "L4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			caught(t, c.source, c.plant, c.laws, nil)
		})
	}
}

func caught(t *testing.T, source string, plant simulate.Plant, laws, beside []string) {
	t.Helper()
	template := makeTemplate(t, source)
	for seed := uint64(1); seed <= within; seed++ {
		life := play(t, source, seed, template, plant)
		if life.Breach == nil || slices.Contains(beside, life.Breach.Law) {
			continue
		}
		if !slices.Contains(laws, life.Breach.Law) {
			t.Fatalf("seed %d finds something else: %v", seed, life.Breach)
		}
		t.Logf("caught after %d lives by %s: %s", seed, life.Breach.Law, life.Breach.What)
		return
	}
	t.Errorf("not noticed in %d lives", within)
}
