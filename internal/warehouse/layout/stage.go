package layout

import (
	"fmt"
	"hash/crc32"
)

// StageName returns the name of the table that is staged for another one: within
// the 63 bytes that every database takes, whatever that one is called.
func StageName(table string) string {
	const prefix, most = "warren_stage_", 63
	if len(prefix)+len(table) <= most {
		return prefix + table
	}
	sum := fmt.Sprintf("_%08x", crc32.ChecksumIEEE([]byte(table)))
	return prefix + table[:most-len(prefix)-len(sum)] + sum
}
