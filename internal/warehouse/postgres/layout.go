package postgres

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// slot is one column that Warren writes, and what it writes there.
type slot struct {
	column     *column
	origin     layout.Origin
	index      int
	insertOnly bool // an existing row keeps what it has
	mark       bool // it says that the record is deleted
	standIn    crm.Value
	standsIn   bool // the column takes no NULL: standIn, or the time where nowStands
	nowStands  bool
	declared   bool // the stream itself says what stands in for NULL
}

// slotsOf returns what is written where in a table.
func slotsOf(rel *relation, stream crm.Stream) ([]slot, error) {
	columns := make([]layout.Column, len(rel.columns))
	for i, c := range rel.columns {
		columns[i] = layout.Column{Name: c.name, Generated: c.generated, Required: c.notNull && !c.hasDefault}
	}
	planned := layout.Of(stream, columns, rel.position)
	slots := make([]slot, len(planned))
	for i, p := range planned {
		c := &rel.columns[p.Column]
		slots[i] = slot{column: c, origin: p.Origin, index: p.Index, insertOnly: p.InsertOnly || c.identity, mark: p.Mark}
	}
	for i := range slots {
		if err := slots[i].chooseStandIn(rel, stream); err != nil {
			return nil, err
		}
	}
	return slots, nil
}

// chooseStandIn settles what a column that takes no NULL gets in its place: what the
// stream declares, else the zero of its type.
func (s *slot) chooseStandIn(rel *relation, stream crm.Stream) error {
	c := s.column
	if s.origin == layout.FromKey || !c.notNull {
		return nil
	}
	s.standsIn = true
	if f, ok := stream.Field(c.name); ok && f.NotNull && (f.Default != "" || f.Type == crm.TypeText) {
		v, fits := convert(crm.TextValue([]byte(f.Default)), c.kind)
		if fits && v.Valid {
			s.standIn, s.declared = v, true
			return nil
		}
	}
	zero, now, ok := c.zero()
	if !ok {
		return &crm.Error{
			Code: crm.CodeWarehouse, Origin: crm.OriginWarehouse,
			Message: fmt.Sprintf("column %s of %s takes no NULL, has no default, and Warren knows no neutral value of type %s", quote(c.name), rel.quoted(), c.typeName),
			Fix:     fmt.Sprintf("Give it one: ALTER TABLE %s ALTER COLUMN %s SET DEFAULT …, or DROP NOT NULL.", rel.quoted(), quote(c.name)),
		}
	}
	s.standIn, s.nowStands = zero, now
	if now && c.name == stream.Cursor {
		// Older than any version that will come, so that it keeps none of
		// them out (L9).
		s.standIn, s.nowStands = crm.Value{Valid: true, Type: c.kind.holds()}, false
	}
	return nil
}

// zero returns the neutral value of a column's type, or that it is the time.
func (c *column) zero() (v crm.Value, now, ok bool) {
	switch c.kind.holds() {
	case crm.TypeInteger:
		return crm.IntegerValue(0), false, true
	case crm.TypeDecimal:
		return crm.DecimalValue([]byte("0")), false, true
	case crm.TypeBoolean:
		return crm.BooleanValue(false), false, true
	case crm.TypeTimestamp, crm.TypeDate:
		return crm.Value{}, true, true
	case crm.TypeJSON:
		return crm.JSONValue([]byte("{}")), false, true
	default:
		text, ok := "", true
		if c.kind == kindOther {
			text, ok = c.zeroText()
		}
		return crm.TextValue([]byte(text)), false, ok
	}
}

// zeroText returns the neutral value of a type that travels as text.
func (c *column) zeroText() (string, bool) {
	name, _, _ := strings.Cut(c.typeName, "(")
	switch {
	case c.category == 'A':
		return "{}", true
	case c.category == 'E':
		return c.firstLabel, c.firstLabel != ""
	case c.category == 'S':
		return "", true
	case c.category == 'N':
		return "0", true
	case c.category == 'B':
		return "false", true
	case c.category == 'T':
		return "0", true
	case name == "uuid":
		return "00000000-0000-0000-0000-000000000000", true
	case strings.HasPrefix(c.typeName, "time"):
		return "00:00", true
	case name == "inet" || name == "cidr":
		return "0.0.0.0", true
	default:
		return "", false
	}
}

// value returns what goes into the slot for a row, in the type that its column
// holds. now is the time of the transaction, in microseconds since 1970.
func (s *slot) value(row *crm.Row, now int64) (crm.Value, bool) {
	var v crm.Value
	switch s.origin {
	case layout.FromKey:
		v = row.Key[s.index]
	case layout.FromField:
		v = row.Values[s.index]
	case layout.FromRaw:
		v = crm.Value{Valid: row.Raw != nil, Type: crm.TypeJSON, Bytes: row.Raw}
	case layout.FromHash:
		v = crm.Value{Valid: true, Type: crm.TypeText, Bytes: row.Hash[:]}
	case layout.FromNow:
		v = crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: now}
	case layout.FromNothing, layout.FromNull:
	}
	if !v.Valid && s.standsIn {
		if !s.nowStands {
			return s.standIn, true
		}
		v = crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: now}
	}
	if s.column.kind == kindDate && v.Type == crm.TypeTimestamp && (s.origin == layout.FromNow || s.nowStands) {
		v = crm.DateValue(v.Int / dayMicros)
	}
	if !v.Valid || v.Type == s.column.kind.holds() {
		return v, true // the common way, without a copy for the call
	}
	return convert(v, s.column.kind)
}
