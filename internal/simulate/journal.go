package simulate

import "time"

// journal notes of records, by key, what an account does not tell of them.
type journal struct {
	world *world
	since map[string]time.Time // when they came, where they were not there from the beginning
	quiet map[string]time.Time // when they changed and kept their time of change
}

func newJournal(w *world) journal {
	return journal{world: w, since: map[string]time.Time{}, quiet: map[string]time.Time{}}
}

// came notes that records are listed from now on.
func (j journal) came(keys []string) []string {
	for _, key := range keys {
		j.since[key] = j.world.clock.Now()
	}
	return keys
}

// changed notes that records change without a word.
func (j journal) changed(keys []string) []string {
	for _, key := range keys {
		j.quiet[key] = j.world.clock.Now()
	}
	return keys
}
