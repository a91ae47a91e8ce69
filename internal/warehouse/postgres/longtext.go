package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// An index entry has room for about 2700 bytes, and the server refuses a row
// that needs more. A table of Warren's own takes every text (L5): before the
// first long one is written, an index over that column is made anew over the
// beginnings of its texts.
const (
	longIndexed = 2000 // bytes of all texts of an index together that are sure to fit
	prefix      = 200  // characters of a text that such an index keeps
)

// narrowIndex is an index that a long text does not fit into.
type narrowIndex struct {
	index index
	texts []slot // its columns of text
}

// narrowIndexes lists the indexes that long texts of the stream's fields may
// not fit into. An adopted table has none: its indexes are its owner's, and a
// record that does not fit is refused.
func narrowIndexes(rel *relation, slots []slot) []narrowIndex {
	if !rel.own {
		return nil
	}
	var list []narrowIndex
	for _, ix := range rel.indexes {
		n := narrowIndex{index: ix}
		for _, s := range slots {
			if s.origin == layout.FromField && s.column.kind == kindText && ix.holds(s.column.name) {
				n.texts = append(n.texts, s)
			}
		}
		if len(n.texts) > 0 {
			list = append(list, n)
		}
	}
	return list
}

// tooLong reports whether a row's texts may not fit.
func (n *narrowIndex) tooLong(row *crm.Row) bool {
	sum := 0
	for i := range n.texts {
		sum += len(row.Values[n.texts[i].index].Bytes)
	}
	return sum > longIndexed
}

// widenIndexes makes room for the texts of the batch. It looks anew each time,
// for what an earlier transaction made may have been rolled back.
func (b *batch) widenIndexes(ctx context.Context) error {
	for i := range b.table.narrow {
		n := &b.table.narrow[i]
		if !slices.ContainsFunc(b.rows, func(row crm.Row) bool { return n.tooLong(&row) }) {
			continue
		}
		still, err := b.stands(ctx, n)
		if err == nil && still && b.table.beside {
			err = warehouse.ErrAlone
		}
		if err == nil && still {
			err = b.widen(ctx, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// stands reports whether an index has not been replaced yet.
func (b *batch) stands(ctx context.Context, n *narrowIndex) (bool, error) {
	still, err := b.exec(ctx, "SELECT WHERE to_regclass("+quoteText(quote(b.table.rel.schema, n.index.name))+") IS NOT NULL")
	return still > 0, err
}

// widen replaces an index by one over the beginnings of texts, unless that has
// been done.
func (b *batch) widen(ctx context.Context, n *narrowIndex) error {
	rel := b.table.rel
	if _, err := b.exec(ctx, "LOCK TABLE "+rel.quoted()+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	if still, err := b.stands(ctx, n); err != nil || !still {
		return err
	}
	terms := make([]string, len(n.index.columns))
	for i, column := range n.index.columns {
		terms[i] = quote(column)
		for _, s := range n.texts {
			if s.column.name == column {
				terms[i] = "left(" + quote(column) + ", " + strconv.Itoa(prefix) + ")"
			}
		}
	}
	_, err := b.exec(ctx, "DROP INDEX "+quote(rel.schema, n.index.name), "CREATE INDEX ON "+rel.quoted()+" ("+strings.Join(terms, ", ")+")")
	return err
}

// prefixed returns the column of an index expression that widen made, or "".
func prefixed(expression string) string {
	column, found := strings.CutSuffix(expression, ", "+strconv.Itoa(prefix)+")")
	column, prefixed := strings.CutPrefix(column, `"left"(`)
	if !found || !prefixed {
		return ""
	}
	if unquoted, ok := strings.CutPrefix(column, `"`); ok {
		column = strings.ReplaceAll(strings.TrimSuffix(unquoted, `"`), `""`, `"`)
	}
	return column
}
