package layout_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

func TestWidth(t *testing.T) {
	stream := crm.Stream{PrimaryKey: []string{"id", "part"}, Fields: []crm.Field{{Column: "id"}, {Column: "name"}, {Column: "data"}}}
	// id, name, data; part; hash, two times, and two for the mark
	if n := layout.Width(stream); n != 9 {
		t.Errorf("%d columns", n)
	}
}

func TestLimit(t *testing.T) {
	limit, stream := layout.Limit{Database: "ShelfDB", Columns: 100}, crm.Stream{Name: "contacts"}
	if err := limit.Check(stream, 100, 7); err != nil {
		t.Error(err)
	}
	for dropped, says := range map[int]string{
		0: "the table of stream contacts would have 101 columns, and ShelfDB takes 100 in a table",
		7: "takes 100 in a table; 7 that were dropped count on",
	} {
		err := limit.Check(stream, 101, dropped)
		var e *crm.Error
		if !errors.As(err, &e) || e.Code != crm.CodeConfig || !strings.HasSuffix(e.Message, says) || !strings.HasPrefix(e.Fix, "Set properties: of the stream in warren.yaml") {
			t.Errorf("%v", err)
		}
	}
}
