package postgres

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// convert turns v into the type that a column of kind k holds. It reports
// whether that is possible without losing anything (L5): 12.0 goes into an
// integer and 12.5 does not. NULL stays NULL, and an empty text becomes NULL
// where the column holds no text.
func convert(v crm.Value, k kind) (crm.Value, bool) {
	to := k.holds()
	if !v.Valid || v.Type == to {
		return v, true
	}
	if v.Type == crm.TypeText && len(v.Bytes) == 0 && to != crm.TypeJSON {
		return crm.Value{}, true
	}
	switch to {
	case crm.TypeText:
		return crm.TextValue(v.AppendText(nil)), true
	case crm.TypeInteger:
		return toInteger(v)
	case crm.TypeDecimal:
		return toDecimal(v)
	case crm.TypeBoolean:
		return toBoolean(v)
	case crm.TypeTimestamp:
		return toTimestamp(v)
	case crm.TypeDate:
		return toDate(v)
	default:
		return toJSON(v)
	}
}

func toInteger(v crm.Value) (crm.Value, bool) {
	switch v.Type {
	case crm.TypeInteger, crm.TypeBoolean:
		return crm.IntegerValue(v.Int), true
	case crm.TypeDecimal, crm.TypeText:
		n, err := literal.Integer(v.Bytes)
		return crm.IntegerValue(n), err == nil
	default:
		return crm.Value{}, false
	}
}

func toDecimal(v crm.Value) (crm.Value, bool) {
	switch v.Type {
	case crm.TypeInteger, crm.TypeBoolean:
		return crm.DecimalValue(strconv.AppendInt(nil, v.Int, 10)), true
	case crm.TypeText:
		plain, err := literal.Decimal(v.Bytes, nil)
		return crm.DecimalValue(plain), err == nil
	default:
		return crm.Value{}, false
	}
}

// toBoolean takes words, and of numbers only 0 and 1: any other says more than
// a boolean can.
func toBoolean(v crm.Value) (crm.Value, bool) {
	if v.Type == crm.TypeText {
		b, err := literal.Boolean(v.Bytes)
		return crm.BooleanValue(b), err == nil
	}
	n, ok := toInteger(v)
	return crm.BooleanValue(n.Int == 1), ok && (n.Int == 0 || n.Int == 1)
}

func toTimestamp(v crm.Value) (crm.Value, bool) {
	switch v.Type {
	case crm.TypeDate:
		const most = 1<<63/dayMicros - 1
		return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: v.Int * dayMicros}, v.Int >= -most && v.Int <= most
	case crm.TypeText:
		micros, exact, err := literal.Timestamp(v.Bytes)
		return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: micros}, exact && err == nil
	default:
		return crm.Value{}, false
	}
}

// toDate takes an instant only at midnight: a day cannot tell its hour.
func toDate(v crm.Value) (crm.Value, bool) {
	if v.Type == crm.TypeText {
		at, ok := toTimestamp(v)
		if !ok {
			return crm.Value{}, false
		}
		v = at
	}
	if v.Type != crm.TypeTimestamp || v.Int%dayMicros != 0 {
		return crm.Value{}, false
	}
	return crm.DateValue(v.Int / dayMicros), true
}

// toJSON takes a text that is a JSON object or array as that, for such text is
// a record's nested value; any other text becomes a JSON string.
func toJSON(v crm.Value) (crm.Value, bool) {
	text := v.AppendText(nil)
	switch k := jsontext.Value(text).Kind(); {
	case v.Type == crm.TypeInteger, v.Type == crm.TypeDecimal, v.Type == crm.TypeBoolean:
		return crm.JSONValue(text), true
	case v.Type == crm.TypeText && (k == '{' || k == '[') && jsontext.Value(text).IsValid():
		return crm.JSONValue(text), true
	}
	quoted, err := jsontext.AppendQuote(nil, text)
	return crm.JSONValue(quoted), err == nil
}
