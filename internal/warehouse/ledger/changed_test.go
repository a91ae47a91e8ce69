package ledger_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Calls that tell of the same records in other orders, at the same time, all come
// through: nobody waits for a row that waits for his.
func TestTellersOfTheSameRecordsDoNotBlockEachOther(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		var told []crm.Changed
		for n := range 60 {
			told = append(told, crm.Changed{Stream: "s" + strconv.Itoa(n%2), ID: strconv.Itoa(n)})
		}
		back := slices.Clone(told)
		slices.Reverse(back)
		const tellers, times = 6, 10
		results := make(chan error)
		for n := range tellers {
			go func() {
				var err error
				for range times {
					err = errors.Join(err, ledger.Tell(t.Context(), db, "acme", [][]crm.Changed{told, back}[n%2], time.Unix(0, 0)))
				}
				results <- err
			}()
		}
		for range tellers {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		for _, stream := range []string{"s0", "s1"} {
			list, err := ledger.ToldOf(t.Context(), db, crm.StreamID{Source: "acme", Stream: stream}, 100)
			if err != nil || len(list) != 30 || list[0].Times != tellers*times {
				t.Errorf("%s: %d records, %+v: %v", stream, len(list), list, err)
			}
		}
	})
}
