package rawjson

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Unquote returns the text of the JSON string in value. Without escapes that
// is a part of value itself; otherwise it is appended to dst. It reports false
// when value is no string.
func Unquote(dst, value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	inner := value[1 : len(value)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, true
	}
	text, err := jsontext.AppendUnquote(dst, value)
	if err != nil {
		return nil, false
	}
	return text[len(dst):], true
}
