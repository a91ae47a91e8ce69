package engine

import "github.com/warren-sync/warren/internal/warehouse"

// lately is which records the last batches changed or took away. What was looked up may
// be from before those batches were durable: a record of them that comes again is given
// to the warehouse whatever it seemed to have, and the warehouse decides (L9).
type lately struct {
	most    int        // batches that can be on their way when something is looked up
	batches [][]string // the ids of each, the oldest first
	number  int        // of the last one
	last    map[string]int
}

// newLately remembers what can be on its way to a warehouse that is handed so many
// batches ahead: those, the one that is being written, and the one that is handed on
// just after the question was asked.
func newLately(ahead int) *lately { return &lately{most: ahead + 2, last: map[string]int{}} }

// sent notes a batch that is handed on.
func (l *lately) sent(b *warehouse.Batch) {
	l.number++
	var ids []string
	if len(l.batches) == l.most {
		ids = l.batches[0]
		for _, id := range ids {
			if l.last[id] == l.number-l.most {
				delete(l.last, id)
			}
		}
		copy(l.batches, l.batches[1:])
		l.batches, ids = l.batches[:l.most-1], ids[:0]
	}
	for i := range b.Rows {
		ids = append(ids, b.Rows[i].ID)
	}
	for i := range b.Gone {
		ids = append(ids, b.Gone[i].ID)
	}
	for _, id := range ids {
		l.last[id] = l.number
	}
	l.batches = append(l.batches, ids)
}

func (l *lately) has(id string) bool {
	if len(l.last) == 0 {
		return false
	}
	_, has := l.last[id]
	return has
}
