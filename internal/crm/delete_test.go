package crm_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// The share that is told is one that is enough, and the next lower one is not.
func TestPercentToTake(t *testing.T) {
	for _, rows := range []int64{2, 3, 7, 40, 100, 137, 20_000, 1_234_567} {
		for n := int64(1); n <= rows; n += max(1, rows/211) {
			percent := crm.PercentToTake(n, rows)
			told := crm.DeletePolicy{Limit: float64(percent) / 100}
			less := crm.DeletePolicy{Limit: float64(percent-1) / 100}
			if told.Allowed(rows) < n || n > 1 && less.Allowed(rows) >= n {
				t.Errorf("%d of %d rows: %d %% allows %d, and one less %d", n, rows, percent, told.Allowed(rows), less.Allowed(rows))
			}
		}
	}
}
