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
		plant simulate.Plant
		laws  []string // any of which may be the one that notices
	}{
		"the watermark is the end of the run":               {simulate.Plant{Session: watermarkAtEnd}, []string{"L1"}},
		"changes after the watermark, not at it":            {simulate.Plant{Transport: exclusive}, []string{"L1", "L4"}},
		"the checkpoint is saved before its batch":          {simulate.Plant{Session: checkpointFirst}, []string{"L1", "L4"}},
		"attempts to insert are counted as rows":            {simulate.Plant{Driver: countAttempts}, []string{"L2"}},
		"a fetch that failed is an empty page":              {simulate.Plant{Connector: failedIsEmpty}, []string{"L1", "L3", "L4"}},
		"pages by number over a set that moves":             {simulate.Plant{Connector: naivePaging}, []string{"L1", "L3", "L4"}},
		"a lost commit is made again without asking":        {simulate.Plant{Driver: commitAgain}, []string{"L2", "errors"}},
		"the version read last wins":                        {simulate.Plant{Driver: lastReadWins}, []string{"L9", "L1", "verify"}},
		"a dry run writes":                                  {simulate.Plant{Session: dryWrites}, []string{"L6"}},
		"a lease ends before its time":                      {simulate.Plant{Driver: shortLease}, []string{"L7", "deletes"}},
		"what cannot be written is dropped":                 {simulate.Plant{Session: dropRejects}, []string{"L2", "L3", "errors"}},
		"a value becomes NULL and nobody is told":           {simulate.Plant{Session: dropIssues}, []string{"L2", "L5"}},
		"every row is written anew":                         {simulate.Plant{Driver: forgetHashes}, []string{"L10"}},
		"what pages may have passed over counts as deleted": {simulate.Plant{Connector: sure}, []string{"L3"}},
		"a row that comes back unchanged stays marked":      {simulate.Plant{Driver: forgetMissing}, []string{"L4", "verify"}},
		"a hard delete takes a row that was shown":          {simulate.Plant{Session: deleteShown}, []string{"L1", "L3", "L4"}},
		"a changed mapping is not noticed":                  {simulate.Plant{Session: forgetBasis}, []string{"L3", "L4", "L5"}},
		"a walk that goes on forgets what it was shown":     {simulate.Plant{Session: forgetShown}, []string{"L3", "L4"}},
		"verify does not look at a column":                  {simulate.Plant{Session: blindToEmail}, []string{"verify"}},
		"verify mends nothing and says that it did":         {simulate.Plant{Session: mendNothing}, []string{"L4"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := makeTemplate(t)
			for seed := uint64(1); seed <= within; seed++ {
				life := play(t, seed, template, c.plant)
				if life.Breach == nil {
					continue
				}
				if !slices.Contains(c.laws, life.Breach.Law) {
					t.Fatalf("seed %d finds something else: %v", seed, life.Breach)
				}
				t.Logf("caught after %d lives by %s: %s", seed, life.Breach.Law, life.Breach.What)
				return
			}
			t.Errorf("not noticed in %d lives", within)
		})
	}
}
