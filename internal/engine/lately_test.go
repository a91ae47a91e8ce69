package engine_test

import (
	"context"
	"iter"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
)

// goneAndBack is a source that says that record 2 is gone and shows it two pages later.
type goneAndBack struct{ *script }

func (s goneAndBack) Read(ctx context.Context, stream crm.Stream, req crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		first := true
		for page, err := range s.script.Read(ctx, stream, req) {
			if first {
				page.Gone = [][]byte{[]byte(`{"id":2}`)}
			}
			first = false
			if !yield(page, err) {
				return
			}
		}
	}
}

// overtaken is a session that writes what is gone only when somebody has looked up
// whether record 2 has its row.
type overtaken struct {
	engine.Session

	looked chan struct{}
	once   *sync.Once
}

func (s *overtaken) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	err := s.Session.Known(ctx, rows, versions)
	for i := range rows {
		if rows[i].ID == "2" && len(rows[i].Raw) > len(`{"id":2}`) {
			s.once.Do(func() { close(s.looked) })
		}
	}
	return err
}

func (s *overtaken) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if len(b.Gone) > 0 {
		<-s.looked
	}
	return s.Session.Write(ctx, b)
}

// A record that was restored while the source was read has its row, although it was
// looked up before the row was deleted, and so looked unchanged (L3).
func TestL3ARecordThatIsShownAfterItWasSaidToBeGone(t *testing.T) {
	for _, how := range []crm.Deletes{crm.DeletesSoft, crm.DeletesHard} {
		t.Run(string(how), func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.deletes.How = how
				w.source.pages = [][]string{page(1, 3, 0)}
				w.run(engine.Ask{})
				w.connector = goneAndBack{w.source}
				w.source.pages = [][]string{page(6, 1, 1), page(7, 1, 1), page(2, 1, 0)}
				w.wrap = func(s engine.Session) engine.Session {
					return &overtaken{Session: s, looked: make(chan struct{}), once: &sync.Once{}}
				}
				run := w.run(engine.Ask{BatchSize: 1})
				if run.Counts.Deleted != 1 || len(w.rows()) != 5 || w.missing() != "map[]" {
					t.Errorf("%+v: %d rows, %s are missing", run.Counts, len(w.rows()), w.missing())
				}
			})
		})
	}
}

// paged is a source whose pages are what a test makes of them.
type paged struct {
	*script

	list []crm.Page
}

func (s paged) Read(context.Context, crm.Stream, crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for i, p := range s.list {
			p.SourceTime, p.Requests, p.Last = s.at, 1, i == len(s.list)-1
			if !yield(p, nil) {
				return
			}
		}
	}
}

func raws(records ...string) (list [][]byte) {
	for _, r := range records {
		list = append(list, []byte(r))
	}
	return list
}

// behind is a session whose first write of record 2 comes to its end only when that
// record was asked for once more.
type behind struct {
	engine.Session

	asked  chan struct{} // twice
	times  int
	writes *sync.Once
}

func (s *behind) Known(ctx context.Context, rows []crm.Row, versions []crm.Version) error {
	err := s.Session.Known(ctx, rows, versions)
	for i := range rows {
		if rows[i].ID != "2" {
			continue
		}
		if s.times++; s.times == 2 {
			close(s.asked)
		}
	}
	return err
}

func (s *behind) Write(ctx context.Context, b *warehouse.Batch) (warehouse.Written, error) {
	if len(b.Rows) > 0 && b.Rows[0].ID == "2" {
		s.writes.Do(func() { <-s.asked })
	}
	return s.Session.Write(ctx, b)
}

// What a source says of a record while its row is on its way to the warehouse is heeded,
// although a lookup does not find the row yet.
func TestL3WhatIsSaidOfARecordThatIsOnItsWay(t *testing.T) {
	for name, c := range map[string]struct {
		first []string // what the warehouse has before
		pages []crm.Page
		rows  map[int64]string
		gone  string
	}{
		"it is gone": {
			page(1, 1, 0),
			[]crm.Page{{Records: raws(record(2, 1, "new"))}, {Gone: raws(`{"id":2}`)}, {Records: raws(page(6, 3, 1)...)}},
			map[int64]string{1: "n1 10", 2: "new 20", 6: "n6 60", 7: "n7 70", 8: "n8 80"}, "map[2:2]",
		},
		"it is as it was": {
			page(1, 2, 0),
			[]crm.Page{{Records: raws(record(2, 0, "other"))}, {Records: raws(record(2, 0, "n2"))}, {Records: raws(page(6, 3, 1)...)}},
			map[int64]string{1: "n1 10", 2: "n2 20", 6: "n6 60", 7: "n7 70", 8: "n8 80"}, "map[]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, w *world) {
				w.source.pages = [][]string{c.first}
				w.run(engine.Ask{})
				w.connector = paged{w.source, c.pages}
				w.wrap = func(s engine.Session) engine.Session {
					return &behind{Session: s, asked: make(chan struct{}), writes: &sync.Once{}}
				}
				run := w.run(engine.Ask{BatchSize: 1})
				if diff := cmp.Diff(c.rows, w.rows()); diff != "" || w.missing() != c.gone {
					t.Errorf("missing are %s, want %s; rows (-want +got): %s", w.missing(), c.gone, diff)
				}
				if !run.Counts.Balanced() {
					t.Errorf("%+v", run.Counts)
				}
			})
		})
	}
}
