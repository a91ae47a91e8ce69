package salespro

import (
	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	megabyte = 1 << 20
	terabyte = 1 << 40
	// leastBilled is what Athena charges a query for at the least.
	leastBilled = 10 * megabyte
)

// bill is what a query costs: by whole megabytes, at least ten. One that scanned
// nothing, as a question about the table alone does, is free.
func (c *connector) bill(x athena.Execution) crm.Bill {
	if x.Scanned <= 0 {
		return crm.Bill{}
	}
	billed := max((x.Scanned+megabyte-1)/megabyte*megabyte, leastBilled)
	return crm.Bill{Scanned: x.Scanned, Dollars: c.price * float64(billed) / terabyte}
}
