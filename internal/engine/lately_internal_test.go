package engine

import (
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
)

// What can be on its way is remembered, rows and what is gone alike, and no more (L11).
func TestLatelyRemembersAsManyBatchesAsCanBeOnTheirWay(t *testing.T) {
	for ahead := range 3 {
		l := newLately(ahead)
		for n := range 20 {
			b := &warehouse.Batch{Rows: []crm.Row{{ID: "row " + strconv.Itoa(n)}}, Gone: []crm.Row{{ID: "gone " + strconv.Itoa(n)}}}
			if n%5 == 0 {
				b.Rows = append(b.Rows, crm.Row{ID: "often"})
			}
			l.sent(b)
			for before := range n + 1 {
				want := before > n-(ahead+2)
				if l.has("row "+strconv.Itoa(before)) != want || l.has("gone "+strconv.Itoa(before)) != want {
					t.Errorf("%d ahead: after batch %d, that of batch %d is remembered: %v", ahead, n, before, !want)
				}
			}
			if want := n%5 < ahead+2; l.has("often") != want {
				t.Errorf("%d ahead: after batch %d, what was last in batch %d is remembered: %v", ahead, n, n/5*5, !want)
			}
		}
		if len(l.last) > 3*(ahead+2) || len(l.batches) > ahead+2 {
			t.Errorf("%d ahead: %d ids of %d batches are kept", ahead, len(l.last), len(l.batches))
		}
	}
}
