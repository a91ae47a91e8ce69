package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// hand is somebody who edits the warehouse by hand, between the runs. No sync
// mends what it does, as long as the record does not change; verify finds it, and
// mends it with --repair.
type hand struct {
	world *world
	dice  dice
	busy  bool            // whether it edits anything in this life
	edits map[string]edit // what Warren has not written anew since, by primary key
	added int             // how many extra rows it has made
}

// edit is one row that was edited.
type edit struct {
	kind   Kind
	synced string // when Warren had written the row last; "" for one that was deleted
	// loose says that what Warren does with the record meanwhile follows from the
	// edit: the row is away, or has another time, or another version in data.
	loose bool
}

func newHand(w *world) *hand {
	h := &hand{world: w, dice: newDice(w.seed, "hand"), edits: map[string]edit{}}
	h.busy = h.dice.chance(25) && !w.stream.Snapshot
	return h
}

// meddle edits some rows, or none.
func (h *hand) meddle(ctx context.Context, percent int) error {
	if !h.busy || !h.dice.chance(percent) || len(h.world.seen.before.rows) == 0 {
		return nil
	}
	for range h.dice.between(1, 3) {
		if err := h.edit(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (h *hand) edit(ctx context.Context) error {
	w := h.world
	ids := w.seen.before.ids()
	if len(ids) == 0 {
		return nil
	}
	id := ids[h.dice.IntN(len(ids))]
	r := w.seen.before.rows[id]
	e := edit{synced: r.text("synced_at")}
	var do, what string
	switch roll := h.dice.IntN(100); {
	case roll < 45:
		e.kind = RowEdited
		do, what = h.field(&e)
	case roll < 65:
		e = edit{kind: RowDropped, loose: true}
		do, what = "DELETE FROM %s", "deleted"
	case roll < 80:
		return h.extra(ctx, id, e)
	case r[deletedAt] == nil:
		e.kind = MarkEdited
		do, what = fmt.Sprintf(`UPDATE %%s SET "%s" = "synced_at"`, deletedAt), "marked as deleted"
	default:
		e.kind = MarkEdited
		do, what = fmt.Sprintf(`UPDATE %%s SET "%s" = NULL, "%s" = NULL`, deletedAt, deletedRun), "unmarked"
	}
	return h.change(ctx, id, e, do+h.where(), what, r)
}

// field draws what becomes of which column.
func (h *hand) field(e *edit) (do, what string) {
	w := h.world
	var columns []string
	for _, f := range w.stream.Fields {
		key := slices.Contains(w.stream.PrimaryKey, f.Column)
		if !key && (f.Type == crm.TypeText || f.Column == w.stream.Cursor) {
			columns = append(columns, f.Column)
		}
	}
	column := one(h.dice, append(columns, "data")...)
	value := "'edited by hand'"
	switch column {
	case w.stream.Cursor:
		e.loose = true
		value = one(h.dice, "'1990-01-01T00:00:00Z'", "'2031-01-01T00:00:00Z'")
	case "data":
		e.loose = true
		value = "'{}'"
	}
	return fmt.Sprintf(`UPDATE %%s SET "%s" = %s`, column, value), column + " is now " + value
}

// where names a row by its primary key as the snapshot has it.
func (h *hand) where() string {
	terms := make([]string, len(h.world.stream.PrimaryKey))
	for i, c := range h.world.stream.PrimaryKey {
		terms[i] = fmt.Sprintf(`CAST("%s" AS text) = $%d`, c, i+1)
	}
	return " WHERE " + strings.Join(terms, " AND ")
}

// extra copies a row under a key that no record has.
func (h *hand) extra(ctx context.Context, id string, e edit) error {
	w := h.world
	key := w.stream.PrimaryKey[0]
	h.added++
	var columns, values []string
	for _, f := range w.stream.Fields {
		columns = append(columns, `"`+f.Column+`"`)
	}
	columns = append(columns, `"data"`, `"warren_hash"`, `"synced_at"`, `"created_in_sync"`)
	for _, c := range columns {
		if c == `"`+key+`"` {
			c = h.other(c)
		}
		values = append(values, c)
	}
	e.kind = RowAdded
	do := "INSERT INTO %s (" + strings.Join(columns, ", ") + ") SELECT " + strings.Join(values, ", ") + " FROM %[1]s" + h.where()
	return h.change(ctx, id, e, do, "copied under another key", w.seen.before.rows[id])
}

// other makes another key of a key: sums of these are never the same.
func (h *hand) other(column string) string {
	f, _ := h.world.stream.Field(h.world.stream.PrimaryKey[0])
	n := int64(1_000_000_000) << h.added
	if f.Type == crm.TypeText {
		return fmt.Sprintf("%s || '%d'", column, n)
	}
	return fmt.Sprintf("%s + %d", column, n)
}

// change makes an edit, and looks what it did.
func (h *hand) change(ctx context.Context, id string, e edit, do, what string, r row) error {
	w := h.world
	args := make([]any, len(w.stream.PrimaryKey))
	for i, c := range w.stream.PrimaryKey {
		args[i] = r.text(c)
	}
	if _, err := w.db.Exec(ctx, fmt.Sprintf(do, `"`+w.stream.Table+`"`), args...); err != nil {
		return err
	}
	w.story.happened(e.kind, Hand, "row %s: %s", id, what)
	after, err := w.look(ctx, false)
	if err != nil {
		return err
	}
	if e.kind == RowAdded {
		id = ""
		for _, other := range after.ids() {
			if _, had := w.seen.before.rows[other]; !had {
				id = other
			}
		}
	}
	if old, twice := h.edits[id]; twice {
		e.loose = e.loose || old.loose
	}
	h.edits[id] = e
	w.seen.before = after
	return nil
}

// settle forgets the edits of rows that Warren has written or deleted since.
func (h *hand) settle(s *snapshot) {
	for id, e := range h.edits {
		r, there := s.rows[id]
		if e.kind == RowDropped && there || e.kind != RowDropped && (!there || r.text("synced_at") != e.synced) {
			delete(h.edits, id)
		}
	}
}
