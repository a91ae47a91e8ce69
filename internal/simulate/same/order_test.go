package same_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/simulate/roadtest"
)

// Pages in any order, of any size, with versions of the same record before and
// after each other, leave what the newest versions in good order do (L9).
func TestL9PagesInAnyOrderDoTheSame(t *testing.T) {
	onEachAndBoth(t, func(t *testing.T, source roadtest.Source, kind roadtest.Kind) {
		stream := most(source)
		road := account(t, source, 100, 10)
		people, _ := road.People(stream)
		db := roadtest.SQLite.New(t, road.Clock)
		all := &recording{}
		for range 4 {
			road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: engine.Ask{Full: true}, Connector: all.of})
			road.Clock.Pass(time.Minute)
			people.Change(40)
			people.Insert(5)
			road.Clock.Pass(time.Minute)
			people.Do(5, roadtest.Newer)
		}
		road.MustRun(t, roadtest.Trip{DB: db, Stream: stream, Ask: engine.Ask{Full: true}, Connector: all.of})
		want := contents(t, road, db, stream)

		for seed := range uint64(6) {
			t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
				dice := rand.New(rand.NewPCG(seed, 10))
				mixed := kind.New(t, road.Clock)
				run := road.MustRun(t, roadtest.Trip{
					DB: mixed, Stream: stream, Ask: engine.Ask{BatchSize: 1 + dice.IntN(60)},
					Connector: func(crm.Connector) crm.Connector { return shuffled{all.records, dice} },
				})
				wantSame(t, "mixed", want, contents(t, road, mixed, stream))
				if run.Counts.Fetched != int64(len(all.records)) || run.Counts.Created != int64(len(want.Rows)) {
					t.Errorf("%d records were sent for %d rows; the run counts %+v", len(all.records), len(want.Rows), run.Counts)
				}
			})
		}
	})
}

// recording keeps every record that goes by.
type recording struct {
	crm.Connector
	records [][]byte
}

func (r *recording) of(c crm.Connector) crm.Connector {
	r.Connector = c
	return r
}

func (r *recording) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for page, err := range r.Connector.Read(ctx, stream, req) {
			for _, record := range page.Records {
				r.records = append(r.records, bytes.Clone(record))
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// shuffled is a source that sends records in any order, on pages of any size,
// empty ones among them.
type shuffled struct {
	records [][]byte
	dice    *rand.Rand
}

func (shuffled) Check(context.Context, crm.Stream) error { return nil }

func (s shuffled) Read(context.Context, crm.Stream, crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		left := make([][]byte, 0, len(s.records))
		for _, i := range s.dice.Perm(len(s.records)) {
			left = append(left, s.records[i])
		}
		for {
			n := min(s.dice.IntN(80), len(left))
			page := crm.Page{Records: left[:n], Requests: 1}
			left = left[n:]
			page.Last = len(left) == 0
			if !yield(page, nil) || page.Last {
				return
			}
		}
	}
}
