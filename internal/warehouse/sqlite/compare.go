package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// Compare reports what the table holds otherwise than Write would store it.
func (t *table) Compare(ctx context.Context, rows []crm.Row, differences [][]crm.FieldDifference) error {
	clear(differences)
	slots := t.compared()
	err := t.driver.inSnapshot(ctx, func(tx *transaction) error {
		return tx.raw(func(conn driver.Conn) (err error) {
			s, err := prepare(ctx, conn, compareStatement(t.rel, slots, t.stream.PrimaryKey), t.keys, len(slots)+1)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.close()) }()
			steady := context.WithoutCancel(ctx)
			for i := range rows {
				if err := ctx.Err(); err != nil {
					return err
				}
				for k, v := range rows[i].Key {
					s.args[k].Value = bind(v, t.slots[k].column.affinity)
				}
				found, err := s.first(steady)
				if err != nil {
					return err
				}
				if found {
					differences[i] = t.differences(slots, &rows[i], s.dest[:len(slots)], s.dest[len(slots)] != nil)
				}
			}
			return nil
		})
	})
	return t.driver.Explain(err)
}

// compared returns the slots that say something of the record or its deletion.
func (t *table) compared() []slot {
	var slots []slot
	for _, s := range t.slots {
		if s.origin == layout.FromField || s.origin == layout.FromRaw || s.mark {
			slots = append(slots, s)
		}
	}
	return slots
}

// compareStatement asks for what the slots hold, and for the run that missed the
// record; NULL where the table has no such column.
func compareStatement(rel *relation, slots []slot, key []string) string {
	var names strings.Builder
	for _, s := range slots {
		names.WriteString(quote(s.column.name) + ", ")
	}
	missing := "NULL"
	if rel.column(layout.DeletedRun) != nil {
		missing = quote(layout.DeletedRun)
	}
	return "SELECT " + names.String() + missing + " FROM " + quote(rel.name) + whereKey(key)
}

// differences compares a row with what is stored of it. The mark of one that is
// missing is a run's, and not of the record.
func (t *table) differences(slots []slot, row *crm.Row, stored []driver.Value, missing bool) []crm.FieldDifference {
	var found []crm.FieldDifference
	for i := range slots {
		s := &slots[i]
		if s.mark && missing {
			continue
		}
		as := crm.TypeJSON // the raw record
		if s.origin == layout.FromField {
			as = t.stream.Fields[s.index].Type
			if s.standsIn && s.standIn == nil && !row.Values[s.index].Valid && stored[i] != nil {
				continue // the time of the write stood in for NULL
			}
		}
		if want := s.value(row, ""); !equal(as, want, stored[i]) {
			found = append(found, crm.FieldDifference{Column: s.column.name, Source: show(want), Warehouse: show(stored[i])})
		}
	}
	return append(found, layout.Unstored(&t.stream, row, t.rel.has, func(v crm.Value) crm.Shown { return show(bind(v, keeps)) })...)
}

// equal reports whether a stored value is what binding the wanted one, of a
// field of the given type, leaves. Numbers and JSON may be written in another
// form.
func equal(as crm.Type, want, stored driver.Value) bool {
	if want == nil || stored == nil {
		return want == nil && stored == nil
	}
	if at, ok := stored.(time.Time); ok { // of a column declared as such
		micros, _, err := literal.Timestamp([]byte(textOf(want)))
		return err == nil && micros == at.UnixMicro()
	}
	a, b := []byte(textOf(want)), []byte(textOf(stored))
	if bytes.Equal(a, b) {
		return true
	}
	switch as {
	case crm.TypeJSON:
		return rawjson.Equal(a, b)
	case crm.TypeDecimal:
		x, errX := literal.Decimal(a, nil)
		y, errY := literal.Decimal(b, nil)
		return errX == nil && errY == nil && literal.Compare(x, y) == 0
	default:
		return false
	}
}

func textOf(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.UTC().Format(timestampLayout)
	case []byte:
		return string(v)
	case bool:
		return strconv.FormatInt(truth(v), 10)
	default:
		return ""
	}
}

func show(v driver.Value) crm.Shown {
	if v == nil {
		return crm.Shown{}
	}
	return crm.ShownText(cutText(strings.ToValidUTF8(textOf(v), "\uFFFD"), crm.MaxIssueValue))
}
