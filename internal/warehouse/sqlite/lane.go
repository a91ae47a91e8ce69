package sqlite

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Lane reports that there is none: a file has one writer.
func (*table) Lane() (warehouse.Table, bool) { return nil, false }

// Lane reports that there is none.
func (absentTable) Lane() (warehouse.Table, bool) { return nil, false }

// InTheWay adds nothing: a lock on a file does not tell whose it is.
func (*Driver) InTheWay(_ context.Context, locked crm.Error) crm.Error { return locked }

// Waits is false: whoever has the write lock waits for nobody.
func (*Driver) Waits(context.Context, ledger.Conn) (bool, error) { return false, nil }
