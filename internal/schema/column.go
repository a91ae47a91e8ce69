package schema

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// most is the longest name of a column, with room for what tells two apart.
const most = 55

// ColumnName makes the name of a column of the path of a field: small letters,
// digits and _, beginning with a letter.
func ColumnName(path string) string {
	var b strings.Builder
	small := false // the last letter was a small one
	for _, r := range path {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= 'A' && r <= 'Z':
			if small {
				b.WriteByte('_')
			}
			b.WriteRune(r + 'a' - 'A')
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		small = r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if b.Len() >= most {
			break
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" || name[0] < 'a' || name[0] > 'z' {
		name = strings.TrimSuffix("field_"+name, "_")
	}
	if crm.IsBookkeeping(name) {
		name = "field_" + name
	}
	return name
}
