package warehousetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// bookkept is how many columns a table of Warren's own has beside the fields.
const bookkept = 6

// wide is a stream whose own table has so many columns.
func wide(columns int) crm.Stream {
	s := leads()
	for n := len(s.Fields); n < columns-bookkept; n++ {
		s.Fields = append(s.Fields, crm.Field{Column: fmt.Sprintf("more_%d", n), Type: crm.TypeText})
	}
	return s
}

// widestTable: a table with as many columns as the database takes is written, read and
// compared like any other, and a stream with one more is refused in words that help,
// before anything is made or changed.
func widestTable(f *fixture) {
	most := map[ledger.Dialect]int{ledger.PostgreSQL: 1600, ledger.SQLite: 2000}[f.db.Dialect()]
	refused := func(columns int) {
		f.Helper()
		for _, create := range []bool{true, false} {
			_, err := f.db.Table(f.ctx, wide(columns), create)
			var e *crm.Error
			if !errors.As(err, &e) || e.Code != crm.CodeConfig || !strings.Contains(e.Message, fmt.Sprintf("would have %d columns", columns)) ||
				!strings.Contains(e.Fix, "properties: of the stream") {
				f.Errorf("%d columns, create %v: %v", columns, create, err)
			}
		}
	}
	refused(most + 1)
	if there, err := f.db.Exists(f.ctx, leads().Table); err != nil || there {
		f.Fatalf("the table was made: %v", err)
	}
	f.open(wide(most - 100))
	refused(most + 1)
	stream := wide(most)
	row := makeRow(stream, crm.IntegerValue(1), crm.TextValue([]byte("Ann")))
	row.Values[len(row.Values)-1] = crm.TextValue([]byte("last"))
	table := f.open(stream)
	f.wantCounts(f.write(table, row), 1, 0, 0)
	row.Values[1], row.Hash = crm.TextValue([]byte("Anna")), crm.Hash{1}
	f.wantCounts(f.write(table, row), 0, 1, 0)
	last := stream.Fields[len(stream.Fields)-1].Column
	f.wantRows(stream, []string{"name", last}, []string{"Anna", "last"})
	differences := make([][]crm.FieldDifference, 1)
	f.must(table.Compare(f.ctx, []crm.Row{row}, differences))
	if len(differences[0]) > 0 {
		f.Errorf("it differs: %v", differences[0])
	}
	f.open(stream)
}
