package processor

import (
	"bytes"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

func hasEscape(name []byte) bool { return bytes.IndexByte(name, '\\') >= 0 }

// unquoteName returns the name of a member, given without its quotes.
func unquoteName(name []byte) string {
	if !hasEscape(name) {
		return string(name)
	}
	quoted := append(append([]byte{'"'}, name...), '"')
	if text, ok := rawjson.Unquote(nil, quoted); ok {
		return string(text)
	}
	return string(name)
}

// cut returns value as an issue keeps it: short, and in characters that every
// database takes.
func cut(value []byte) string {
	if !utf8.Valid(value) {
		value = bytes.ToValidUTF8(value, []byte("\uFFFD"))
	}
	if len(value) <= crm.MaxIssueValue {
		return string(value)
	}
	end := crm.MaxIssueValue
	for end > 0 && !utf8.RuneStart(value[end]) {
		end--
	}
	return string(value[:end]) + "…"
}
