package processor

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// typed turns the JSON value of a field into a value of the field's type.
// What is absent, null or, in a typed column, empty is NULL. When the value
// cannot be of that type, problem says so in words that follow the field's
// name; the value is then NULL.
func typed(f crm.Field, raw []byte) (v crm.Value, problem string) {
	if len(raw) == 0 || string(raw) == "null" {
		return crm.Value{}, ""
	}
	if f.Type == crm.TypeJSON {
		return jsonValue(f, raw)
	}
	text, isString := rawjson.Unquote(nil, raw)
	if !isString {
		text = raw
	}
	if f.Type == crm.TypeText {
		if len(text) == 0 && f.EmptyNull {
			return crm.Value{}, ""
		}
		return crm.TextValue(text), ""
	}
	if len(text) == 0 {
		return crm.Value{}, ""
	}
	if raw[0] == '{' || raw[0] == '[' {
		return crm.Value{}, "is a JSON " + kindOf(raw) + ", not " + article(f.Type)
	}
	var err error
	switch f.Type {
	case crm.TypeInteger:
		var n int64
		if n, err = literal.Integer(text); err == nil {
			return crm.IntegerValue(n), ""
		}
	case crm.TypeDecimal:
		var plain []byte
		if plain, err = literal.Decimal(text, make([]byte, 0, len(text)+1)); err == nil {
			return crm.DecimalValue(plain), ""
		}
	case crm.TypeBoolean:
		var b bool
		if b, err = literal.Boolean(text); err == nil {
			return crm.BooleanValue(b), ""
		}
	case crm.TypeTimestamp:
		var micros int64
		var exact bool
		if micros, exact, err = literal.Timestamp(text); err == nil {
			v = crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: micros}
			if !exact {
				return v, tooPrecise
			}
			return v, ""
		}
	case crm.TypeDate:
		var days int64
		if days, err = literal.Date(text); err == nil {
			return crm.DateValue(days), ""
		}
	default: // text and JSON were dealt with above
		return crm.Value{}, ""
	}
	return crm.Value{}, "is not " + article(f.Type) + ": " + err.Error()
}

// tooPrecise is the one problem that still leaves a value.
const tooPrecise = "is more precise than a microsecond, the finest that the warehouse keeps"

// wasDirty is the problem of JSON inside a string that had to be cleaned.
const wasDirty = "holds, inside its text, a NUL or half of a surrogate pair; they are replaced by U+FFFD"

// jsonValue returns the value of a JSON column. A field with DecodeText may
// come as JSON or as text that holds it, and is stored as the JSON; the text ""
// holds nothing.
func jsonValue(f crm.Field, raw []byte) (v crm.Value, problem string) {
	if f.DecodeText && raw[0] == '"' {
		text, ok := rawjson.Unquote(nil, raw)
		if ok && dirty(text) {
			text, problem = clean(text), wasDirty
		}
		switch {
		case ok && len(text) == 0:
			return crm.Value{}, ""
		case ok && jsontext.Value(text).IsValid():
			raw = text[rawjson.SkipSpace(text, 0):]
		default:
			return crm.JSONValue(raw), "is text that is not JSON"
		}
	}
	if f.EmptyObject && raw[0] == '[' && rawjson.SkipSpace(raw, 1) == len(raw)-1 {
		return crm.JSONValue([]byte("{}")), problem
	}
	return crm.JSONValue(raw), problem
}

func kindOf(raw []byte) string {
	if raw[0] == '[' {
		return "array"
	}
	return "object"
}

func article(t crm.Type) string {
	switch t {
	case crm.TypeInteger:
		return "a whole number"
	case crm.TypeDecimal:
		return "a decimal number"
	case crm.TypeBoolean:
		return "true or false"
	case crm.TypeTimestamp:
		return "a date and time"
	case crm.TypeDate:
		return "a date"
	default:
		return t.String()
	}
}
