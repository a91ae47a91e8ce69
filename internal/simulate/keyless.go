package simulate

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Some streams have no key, and Warren makes one of what a record holds. The judge
// knows a record by all that it holds, and by its number where several are the very
// same.

// null stands for NULL among the values of a record.
const null = "\x00"

// contents names a record by the values of its fields but the key.
func (w *world) contents(value func(crm.Field) *string) string {
	var all []string
	for _, f := range w.stream.Fields {
		if slices.Contains(w.stream.PrimaryKey, f.Column) {
			continue
		}
		text := null
		if v := value(f); v != nil {
			text = plain(f.Type, *v)
		}
		all = append(all, text)
	}
	return strings.Join(all, "|")
}

// numbered makes the name of a record another one than those that are taken.
func numbered(name string, taken func(string) bool) string {
	for n, other := 2, name; ; n++ {
		if !taken(other) {
			return other
		}
		other = name + copyMark + strconv.Itoa(n)
	}
}

const copyMark = "#"

// unnumbered is the name of a record without its number.
func unnumbered(name string) string {
	if at := strings.LastIndex(name, copyMark); at >= 0 && strings.Trim(name[at+1:], "0123456789") == "" {
		return name[:at]
	}
	return name
}

// unquoted is a JSON text, nil for null.
func unquoted(raw json.RawMessage) any {
	var text *string
	if json.Unmarshal(raw, &text) != nil || text == nil {
		return nil
	}
	return *text
}
