package rawjson

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// Equal reports whether two JSON values say the same: members in any order, of
// those that come twice the last, and numbers by their value, 1.50 like 1.5.
// What is no JSON is equal to the same bytes only.
func Equal(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okA := decode(a)
	y, okB := decode(b)
	return okA && okB && same(x, y)
}

func decode(raw []byte) (v any, ok bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if !utf8.Valid(raw) || dec.Decode(&v) != nil {
		return nil, false
	}
	_, err := dec.Token()
	return v, err == io.EOF
}

func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			if other, has := b[name]; !has || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !same(a[i], b[i]) {
				return false
			}
		}
		return true
	case json.Number:
		b, ok := b.(json.Number)
		return ok && numberOf(a.String()) == numberOf(b.String())
	default:
		return a == b
	}
}
