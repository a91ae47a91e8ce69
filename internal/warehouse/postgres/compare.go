package postgres

import (
	"context"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// Compare reports what the table holds otherwise than Write would store it.
func (t *table) Compare(ctx context.Context, rows []crm.Row, differences [][]crm.FieldDifference) error {
	clear(differences)
	slots := t.compared()
	if len(rows) == 0 {
		return nil
	}
	terms := make([]string, len(slots))
	for i := range slots {
		terms[i] = ", t." + quote(slots[i].column.name)
		if asText(slots[i].column.kind) {
			terms[i] += "::text"
		}
	}
	conn, err := t.driver.pool.Acquire(ctx)
	if err != nil {
		return t.driver.Explain(err)
	}
	defer conn.Release()
	look := t.look
	look.bind(rows)
	defer look.trim()
	answer := conn.Conn().PgConn().ExecParams(ctx, "SELECT k.ord, "+look.missing+strings.Join(terms, "")+look.from, look.params, look.types, look.formats, look.formats)
	for answer.NextRow() {
		values := answer.Values()
		at := binary.BigEndian.Uint64(values[0]) - 1
		missing := decodeValue(kindBool, values[1]).Int != 0
		differences[at] = t.differences(slots, &rows[at], values[2:], missing)
	}
	_, err = answer.Close()
	return t.driver.Explain(err)
}

// compared returns the slots that say something of the record or its deletion
// and whose type has one way to write a value.
func (t *table) compared() []slot {
	var slots []slot
	for _, s := range t.slots {
		if (s.origin == layout.FromField || s.origin == layout.FromRaw || s.mark) && s.column.kind != kindOther && s.column.kind != kindBytea {
			slots = append(slots, s)
		}
	}
	return slots
}

// asText reports whether a column is asked for as text: what has no single
// binary form, or one that costs more than it is worth here.
func asText(k kind) bool {
	switch k {
	case kindNumeric, kindFloat4, kindFloat8, kindJSON, kindJSONB:
		return true
	default:
		return false
	}
}

// differences compares a row with what is stored of it. The mark of one that is
// missing is a run's, and not of the record.
func (t *table) differences(slots []slot, row *crm.Row, stored [][]byte, missing bool) []crm.FieldDifference {
	var found []crm.FieldDifference
	for i := range slots {
		s := &slots[i]
		if s.mark && missing {
			continue
		}
		if s.nowStands && s.origin == layout.FromField && !row.Values[s.index].Valid {
			continue // the time of the write stood in for NULL
		}
		want, fits := s.value(row, 0)
		if fits && equal(s.column.kind, want, stored[i]) {
			continue
		}
		found = append(found, crm.FieldDifference{Column: s.column.name, Source: shown(want), Warehouse: shownStored(s.column.kind, stored[i])})
	}
	return append(found, layout.Unstored(&t.stream, row, t.rel.has, shown)...)
}

// equal reports whether a stored value is the one that is wanted.
func equal(k kind, want crm.Value, stored []byte) bool {
	if !want.Valid || stored == nil {
		return !want.Valid && stored == nil
	}
	switch k {
	case kindNumeric:
		number, err := literal.Decimal(stored, nil)
		return err == nil && literal.Compare(want.Bytes, number) == 0
	case kindFloat4, kindFloat8:
		bits := 64
		if k == kindFloat4 {
			bits = 32
		}
		x, errX := strconv.ParseFloat(string(want.Bytes), bits)
		y, errY := strconv.ParseFloat(string(stored), bits)
		return errX == nil && errY == nil && x == y
	case kindJSON, kindJSONB:
		return rawjson.Equal(want.Bytes, stored)
	case kindChar:
		return strings.TrimRight(string(want.Bytes), " ") == strings.TrimRight(string(stored), " ")
	default:
		have := decodeValue(k, stored)
		return have.Valid && have.Int == want.Int && string(have.Bytes) == string(want.Bytes)
	}
}

func shownStored(k kind, stored []byte) crm.Shown {
	if stored != nil && !asText(k) {
		return shown(decodeValue(k, stored))
	}
	return shown(crm.Value{Valid: stored != nil, Type: crm.TypeText, Bytes: stored})
}

func shown(v crm.Value) crm.Shown {
	if !v.Valid {
		return crm.Shown{}
	}
	return crm.ShownText(cutText(v.String(), crm.MaxIssueValue))
}
