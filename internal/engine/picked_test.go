package engine_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// fetching is a source that shows single records.
type fetching struct {
	*script

	has   map[string]string
	asked []string
}

func (f *fetching) Fetch(_ context.Context, _ crm.Stream, ids []string) iter.Seq2[crm.Page, error] {
	f.asked = append(f.asked, ids...)
	return func(yield func(crm.Page, error) bool) {
		page := crm.Page{Last: true, Requests: 1}
		for _, id := range ids {
			if record, ok := f.has[id]; ok {
				page.Records = append(page.Records, []byte(record))
			} else {
				page.Gone = append(page.Gone, []byte(`{"id":`+id+`}`))
			}
		}
		yield(page, nil)
	}
}

// Single records are read again, those that are gone are marked, and what the next
// run starts from stays as it was.
func TestPickedRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 4, 0)}
		w.run(engine.Ask{})
		before := w.state()
		f := &fetching{script: w.source, has: map[string]string{"2": record(2, 9, "new"), "7": record(7, 9, "fresh"), "3": record(3, 0, "n3")}}
		w.connector = f
		run := w.run(engine.Ask{Picked: []string{"2", "4", "7", "2", "3"}})
		want := crm.Counts{Fetched: 3, Created: 1, Updated: 1, Unchanged: 1, Deleted: 1}
		if run.Counts != want || run.Mode != crm.ModePicked || strings.Join(f.asked, " ") != "2 4 7 3" || w.missing() != "map[4:2]" {
			t.Errorf("%+v, asked for %q: %s are missing", run, f.asked, w.missing())
		}
		if after := w.state(); !after.Watermark.Equal(before.Watermark) || after.Checkpoint != nil {
			t.Errorf("the state is %+v, and was %+v", after, before)
		}
		if w.history()[0].Configuration["picked"] == nil {
			t.Errorf("%+v", w.history()[0].Configuration)
		}
	})
}

// While a full walk is under way, what is picked counts as shown.
func TestPickedRecordsBetweenThePartsOfAWalk(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.brokenOff()
		walk := w.source.pages
		w.connector = &fetching{script: w.source, has: map[string]string{"5": record(5, 0, "n5")}}
		w.run(engine.Ask{Picked: []string{"5"}})
		w.connector, w.source.pages = nil, walk
		if run := w.run(engine.Ask{Full: true}); run.Counts.Deleted != 0 {
			t.Errorf("%+v: %s are missing", run.Counts, w.missing())
		}
	})
}

func TestASourceThatShowsNoSingleRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.source.pages = [][]string{page(1, 1, 0)}
		if _, err := w.try(t.Context(), engine.Ask{Picked: []string{"1"}}); !codeIs(err, crm.CodeUsage) || !strings.Contains(err.Error(), "single records") {
			t.Errorf("%v", err)
		}
	})
}
