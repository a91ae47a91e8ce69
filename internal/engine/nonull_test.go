package engine_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// A column that takes no NULL has something else where the record has nothing: that is
// told once, for it is no value of the source's, and keeps no later version out (L9).
// What the stream itself declares is not told.
func TestL5ANullInAColumnThatTakesNoneIsAnIssue(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.exec(`CREATE TABLE thing (id bigint PRIMARY KEY, changed timestamp NOT NULL, name text, size bigint NOT NULL, seen timestamp NOT NULL, flag boolean NOT NULL)`)
		w.stream.Fields = append(w.stream.Fields,
			crm.Field{Column: "seen", Paths: []string{"seen"}, Type: crm.TypeTimestamp},
			crm.Field{Column: "flag", Paths: []string{"flag"}, Type: crm.TypeBoolean, NotNull: true, Default: "false"})
		w.source.pages = [][]string{{`{"id":1,"name":"a"}`}}
		run := w.run(engine.Ask{})
		told := func() string {
			issues, err := ledger.Issues(t.Context(), w.db, ledger.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, i := range issues {
				_, instead, _ := strings.Cut(i.Message, "takes no NULL, the record has no value; stored as ")
				instead, _, _ = strings.Cut(instead, "; ")
				lines = append(lines, i.RecordID+" "+i.Rule+" "+i.Field+" "+instead)
			}
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		first := told()
		if !strings.Contains(first, "1 null changed '1970-01-01T00:00:00") || !strings.Contains(first, "1 null seen the time of the sync") || run.Counts.Issues != 3 || run.Counts.Created != 1 {
			t.Errorf("%+v\n%s", run.Counts, first)
		}
		again := w.run(engine.Ask{Full: true})
		if c := again.Counts; c.Unchanged != 1 || c.Issues != 0 || told() != first {
			t.Errorf("%+v\n%s", c, told())
		}
		w.source.pages = [][]string{{`{"id":1,"changed":"2026-05-01T12:00:00Z","name":"b","size":7,"seen":"2026-05-01T12:00:00Z"}`}}
		last := w.run(engine.Ask{Full: true})
		if c := last.Counts; c.Updated != 1 || told() != "" || w.rows()[1] != "b 7" {
			t.Errorf("%+v %v\n%s", c, w.rows(), told())
		}
	})
}
