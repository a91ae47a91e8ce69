package engine_test

import (
	"context"
	"iter"
	"sync"
	"testing"

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
