package simulate_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/simulate"
)

// A seed that fails is of no use unless it fails again.
func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	for _, source := range simulate.Sources() {
		template := makeTemplate(t, source)
		for seed := uint64(1); seed <= 25; seed++ {
			once := play(t, source, seed, template, simulate.Plant{}).Story.String()
			again := play(t, source, seed, template, simulate.Plant{}).Story.String()
			if once != again {
				a, b := differ(once, again)
				t.Errorf("seed %d of %s tells another story the second time:\n%s\n%s", seed, source, a, b)
			}
		}
	}
}

// differ returns the first lines that are not the same.
func differ(a, b string) (string, string) {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i], y[i]
		}
	}
	return "", "one of them is longer"
}
