package sqlite

import "github.com/warren-sync/warren/internal/warehouse"

// Lane reports that there is none: a file has one writer.
func (*table) Lane() (warehouse.Table, bool) { return nil, false }

// Lane reports that there is none.
func (absentTable) Lane() (warehouse.Table, bool) { return nil, false }
