package engine

import (
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// inFlight is more batches than can be on their way to the warehouse at a time.
const inFlight = 8

// lately is which records the last batches said to be gone: what was looked up may be
// from before those batches were durable, so that a record which is shown again looks as
// if it still had its row.
type lately struct{ gone [][]string }

// sent notes a batch that was handed on.
func (l *lately) sent(gone []crm.Row) {
	var ids []string
	for i := range gone {
		ids = append(ids, gone[i].ID)
	}
	if len(l.gone) == inFlight {
		l.gone = slices.Delete(l.gone, 0, 1)
	}
	l.gone = append(l.gone, ids)
}

func (l *lately) has(id string) bool {
	return slices.ContainsFunc(l.gone, func(ids []string) bool { return slices.Contains(ids, id) })
}
