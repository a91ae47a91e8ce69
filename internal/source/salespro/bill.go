package salespro

import "github.com/warren-sync/warren/internal/crm"

const (
	megabyte = 1 << 20
	terabyte = 1 << 40
	// leastBilled is what Athena charges a query for at the least.
	leastBilled = 10 * megabyte
)

// bill is what a query costs that has scanned so many bytes: by whole megabytes, at
// least ten. One that scanned nothing, as a question about the table alone does, is
// free.
func (c *connector) bill(scanned int64) crm.Bill {
	if scanned <= 0 {
		return crm.Bill{}
	}
	billed := max((scanned+megabyte-1)/megabyte*megabyte, leastBilled)
	return crm.Bill{Scanned: scanned, Dollars: c.price * float64(billed) / terabyte}
}
