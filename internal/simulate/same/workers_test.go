package same_test

import (
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Eight processes that sync all streams of one account into one database, each
// in an order of its own, leave what one of them does (L7), and create each
// row once (L2).
func TestL7EightProcessesDoWhatOneDoes(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		road := account(t, source, 200, 9)
		alone := roadtest.SQLite.New(t, road.Clock)
		syncAll(t, road, alone, engine.Ask{})

		address := kind.Address(t)
		team := &team{road: road, counts: map[string]crm.Counts{}, ended: make(chan struct{})}
		var all sync.WaitGroup
		for n := range 8 {
			db := kind.Open(t, address, road.Clock)
			all.Go(func() { team.work(t, n, db) })
		}
		all.Wait()
		for _, stream := range road.Streams() {
			want := contents(t, road, alone, stream)
			wantSame(t, stream, want, contents(t, road, kind.Open(t, address, road.Clock), stream))
			if c := team.counts[stream]; c.Created != int64(len(want.Rows)) || c.Updated != 0 || !c.Balanced() {
				t.Errorf("%s has %d rows; the runs count %+v", stream, len(want.Rows), c)
			}
		}
		if team.busy == 0 {
			t.Error("no process met another: the test proves nothing")
		}
	})
}

// team is the processes that work at the same time, and what they did.
type team struct {
	road *roadtest.Road

	mu     sync.Mutex
	ended  chan struct{} // closed when the next run ends
	counts map[string]crm.Counts
	busy   int // how often a stream was found to be taken
}

// work syncs each stream once. A stream that another process holds is tried
// again when any run has ended.
func (w *team) work(t *testing.T, n int, db warehouse.Driver) {
	streams := w.road.Streams()
	dice := rand.New(rand.NewPCG(9, uint64(n)))
	dice.Shuffle(len(streams), func(i, j int) { streams[i], streams[j] = streams[j], streams[i] })
	for _, stream := range streams {
		for {
			ended := w.next()
			run, err := w.road.Run(t.Context(), roadtest.Trip{
				DB: db, Stream: stream, Ask: engine.Ask{BatchSize: 1 + dice.IntN(50)}, PageSize: 40,
				Owner: ledger.Owner{Host: "machine " + strconv.Itoa(n), Process: "1"},
			})
			if crm.CodeOf(err) != crm.CodeBusy || err == nil {
				w.end(stream, run)
				if err != nil {
					t.Errorf("process %d, %s: %v", n, stream, err)
				}
				break
			}
			w.met()
			select {
			case <-ended:
			case <-t.Context().Done():
				return
			}
		}
	}
}

// next returns what is closed when the next run ends.
func (w *team) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

func (w *team) end(stream string, run crm.Run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.counts[stream]
	c.Add(run.Counts)
	w.counts[stream] = c
	close(w.ended)
	w.ended = make(chan struct{})
}

func (w *team) met() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy++
}
