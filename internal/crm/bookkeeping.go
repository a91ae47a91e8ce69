package crm

import "strings"

// IsBookkeeping reports whether a column is one that the warehouse keeps beside the
// fields, in any generation of the old system's tables: no field may have its name
// unless a source declares it.
func IsBookkeeping(column string) bool {
	switch column {
	case "data", "synced_at", "created_in_sync", "created_at", "updated_at", "sync_created_at", "sync_updated_at":
		return true
	}
	return strings.HasPrefix(column, "warren_")
}
