package layout_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

func TestOf(t *testing.T) {
	stream := crm.Stream{Name: "things", PrimaryKey: []string{"id"}, Fields: []crm.Field{{Column: "id"}, {Column: "name"}, {Column: "absent"}, {Column: "sum"}}}
	columns := []layout.Column{
		{Name: "sync_created_at", Required: true}, {Name: "name"}, {Name: "id", Required: true}, {Name: "sum", Generated: true},
		{Name: "data", Required: true}, {Name: "theirs"}, {Name: "demanded", Required: true}, {Name: "warren_hash"}, {Name: "updated_at"},
	}
	got := layout.Of(stream, columns, func(name string) int {
		return slices.IndexFunc(columns, func(c layout.Column) bool { return c.Name == name })
	})
	want := []layout.Slot{
		{Column: 2, Origin: layout.FromKey, InsertOnly: true},
		{Column: 1, Origin: layout.FromField, Index: 1},
		{Column: 4, Origin: layout.FromRaw},
		{Column: 7, Origin: layout.FromHash},
		{Column: 8, Origin: layout.FromNow},
		{Column: 0, Origin: layout.FromNow, InsertOnly: true},
		{Column: 6, Origin: layout.FromNothing, InsertOnly: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The time of deletion is the source's where it says one, else NULL until a run
// finds out.
func TestOfTheMark(t *testing.T) {
	columns := []layout.Column{{Name: "warren_deleted_at"}, {Name: "warren_deleted_run"}, {Name: "gone"}}
	find := func(name string) int {
		return slices.IndexFunc(columns, func(c layout.Column) bool { return c.Name == name })
	}
	stream := crm.Stream{Name: "things", PrimaryKey: []string{"id"}, Fields: []crm.Field{{Column: "id"}, {Column: "gone"}}}
	run := layout.Slot{Column: 1, Origin: layout.FromNull}
	want := []layout.Slot{{Column: 2, Origin: layout.FromField, Index: 1}, {Column: 0, Origin: layout.FromNull, Mark: true}, run}
	if diff := cmp.Diff(want, layout.Of(stream, columns, find)); diff != "" {
		t.Error(diff)
	}
	stream.Deleted = "gone"
	want[1] = layout.Slot{Column: 0, Origin: layout.FromField, Index: 1, Mark: true}
	if diff := cmp.Diff(want, layout.Of(stream, columns, find)); diff != "" {
		t.Error(diff)
	}
}

func TestCheckKey(t *testing.T) {
	if err := layout.CheckKey(crm.Stream{Name: "things"}); crm.CodeOf(err) != crm.CodeInternal || err == nil {
		t.Errorf("a stream without a key: %v", err)
	}
	if err := layout.CheckKey(crm.Stream{PrimaryKey: []string{"id"}}); err != nil {
		t.Error(err)
	}
}
