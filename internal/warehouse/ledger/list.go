package ledger

import (
	"encoding/json"
	"strconv"
)

// numbered writes the items as an object {"0": …, "1": …}: a list of rows in
// one parameter, whose members json_each yields in both dialects.
//
// Such a list is joined to a table with the list on the left of a CROSS JOIN,
// and each condition on the table depends on the list, if only by a member
// that no item has: COALESCE(e.value ->> 'none', $1). The first makes SQLite
// look up each item in the table's index, where it else walks the table with
// the list inside. The second does the same for PostgreSQL: without statistics
// it takes a condition on the stream alone to leave one row, and then goes
// through the list for each row of the stream: 14 s for 5,000 by 5,000.
func numbered[T any](items []T) (string, error) {
	out := []byte{'{'}
	for n, item := range items {
		if n > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		out = strconv.AppendInt(out, int64(n), 10)
		out = append(out, '"', ':')
		text, err := json.Marshal(item)
		if err != nil {
			return "", err
		}
		out = append(out, text...)
	}
	return string(append(out, '}')), nil
}
