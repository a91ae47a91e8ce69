package sql

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// converter makes a value of one type from one of another. It gets no NULL.
type converter func(table.Value) (table.Value, error)

func same(v table.Value) (table.Value, error) { return v, nil }

// cast returns how values of one type become another, nil if they never do.
func cast(from, to table.Type) converter {
	switch {
	case from.Kind == table.UnknownKind:
		return same
	case to.Kind == table.JSONKind:
		return func(v table.Value) (table.Value, error) { return table.Text(string(v.AppendJSON(nil, from))), nil }
	case to.Kind == table.VarcharKind:
		return toVarchar(from, to)
	case to.Kind == table.BooleanKind:
		return toBoolean(from)
	case to.Numeric():
		return toNumber(from, to)
	case to.Kind == table.DateKind || to.Kind == table.TimestampKind || to.Kind == table.ZonedKind:
		return toTime(from, to)
	}
	return nil
}

func text(v table.Value, t table.Type) string { return string(v.AppendText(nil, t)) }

func toVarchar(from, to table.Type) converter {
	switch from.Kind {
	case table.ArrayKind, table.MapKind, table.RowKind, table.VarbinaryKind:
		return nil
	default:
	}
	return func(v table.Value) (table.Value, error) {
		s := text(v, from)
		switch from.Kind {
		case table.DoubleKind:
			s = string(table.AppendScientific(nil, v.Float(), 64))
		case table.RealKind:
			s = string(table.AppendScientific(nil, v.Float(), 32))
		default:
		}
		if to.Precision > 0 && utf8.RuneCountInString(s) > to.Precision {
			s = string([]rune(s)[:to.Precision])
		}
		return table.Text(s), nil
	}
}

func toBoolean(from table.Type) converter {
	switch {
	case from.Kind == table.BooleanKind:
		return same
	case from.Whole():
		return func(v table.Value) (table.Value, error) { return table.Bool(v.Num() != 0), nil }
	case from.Textual():
		return func(v table.Value) (table.Value, error) {
			switch strings.ToLower(v.Str()) {
			case "true", "t", "1":
				return table.Bool(true), nil
			case "false", "f", "0":
				return table.Bool(false), nil
			}
			return table.Value{}, invalid("Cannot cast '%s' to BOOLEAN", v.Str())
		}
	}
	return nil
}

func toNumber(from, to table.Type) converter {
	if !from.Numeric() && !from.Textual() && from.Kind != table.BooleanKind {
		return nil
	}
	return func(v table.Value) (table.Value, error) {
		s := text(v, from)
		if from.Kind == table.BooleanKind {
			s = strconv.FormatInt(v.Num(), 10)
		}
		if out, ok := readNumber(s, to, from.Textual()); ok {
			return out, nil
		}
		return table.Value{}, invalid("Cannot cast '%s' to %s", s, strings.ToUpper(to.String()))
	}
}

// readNumber makes a number of the type; other numbers are rounded to it, texts
// must fit a type of whole numbers as they are.
func readNumber(s string, to table.Type, written bool) (table.Value, bool) {
	if written {
		s = strings.TrimSpace(s)
	}
	if to.Kind == table.DoubleKind || to.Kind == table.RealKind {
		f, err := strconv.ParseFloat(s, 64)
		if to.Kind == table.RealKind {
			f = float64(float32(f))
		}
		return table.Double(f), err == nil
	}
	exact, ok := new(big.Rat).SetString(s)
	if !ok || strings.Contains(s, "/") {
		return table.Value{}, false
	}
	if to.Kind == table.DecimalKind {
		digits := exact.FloatString(to.Scale) // halves away from zero, as Trino rounds
		whole, _, _ := strings.Cut(strings.TrimPrefix(digits, "-"), ".")
		return table.Decimal(digits), len(strings.TrimLeft(whole, "0")) <= to.Precision-to.Scale
	}
	if written && !exact.IsInt() {
		return table.Value{}, false
	}
	n, err := strconv.ParseInt(exact.FloatString(0), 10, 64)
	return table.Int(n), err == nil && fits(n, to)
}

func fits(n int64, t table.Type) bool {
	switch t.Kind {
	case table.TinyintKind:
		return n == int64(int8(n))
	case table.SmallintKind:
		return n == int64(int16(n))
	case table.IntegerKind:
		return n >= math.MinInt32 && n <= math.MaxInt32
	default:
		return true
	}
}

func toTime(from, to table.Type) converter {
	switch {
	case from.Kind == to.Kind:
		return same
	case from.Textual():
		return func(v table.Value) (table.Value, error) {
			out, err := readTime(v.Str(), to)
			if err != nil {
				err = invalid("Value cannot be cast to %s: %s", to.Name(), v.Str())
			}
			return out, err
		}
	case from.Kind == table.DateKind || from.Kind == table.TimestampKind || from.Kind == table.ZonedKind:
		return func(v table.Value) (table.Value, error) {
			t := v.At(from)
			if offset, ok := table.Offset(v.Str()); ok && to.Kind != table.ZonedKind {
				t = t.Add(time.Duration(offset) * time.Second) // what the clock on the wall says
			}
			return timeOf(t, to), nil
		}
	}
	return nil
}

func readTime(s string, to table.Type) (table.Value, error) {
	if to.Kind == table.DateKind {
		return parseDate(s)
	}
	v, t, err := parseTimestamp(s)
	if err != nil || t.Kind == to.Kind {
		return v, err
	}
	if to.Kind == table.TimestampKind { // a zone behind it is passed over
		offset, _ := table.Offset(v.Str())
		return table.Time(v.At(t).Add(time.Duration(offset) * time.Second)), nil
	}
	return timeOf(v.At(t), to), nil
}

func timeOf(t time.Time, to table.Type) table.Value {
	switch to.Kind {
	case table.DateKind:
		return table.Date(t)
	case table.ZonedKind:
		return table.ZonedTime(t, "UTC")
	default:
		return table.Time(t)
	}
}
