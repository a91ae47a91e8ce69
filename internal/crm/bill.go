package crm

import "fmt"

// Bill is what a source charges for reading it. Most charge nothing.
type Bill struct {
	Scanned int64   `json:"bytes_scanned,omitempty"` // bytes that the source looked at
	Dollars float64 `json:"dollars,omitempty"`       // what that costs, as far as can be told from the bytes
}

// Add adds other to b.
func (b *Bill) Add(other Bill) {
	b.Scanned += other.Scanned
	b.Dollars += other.Dollars
}

// String writes the bill as people read it: 1.4 GB scanned, less than a cent.
func (b Bill) String() string {
	const cent = 0.01
	if b.Dollars < cent {
		return Bytes(b.Scanned) + " scanned, for less than a cent"
	}
	return fmt.Sprintf("%s scanned, for about $%.2f", Bytes(b.Scanned), b.Dollars)
}

// Bytes writes a number of bytes as people read it: 999 B, 1.4 GB.
func Bytes(n int64) string {
	const step = 1000
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/step, 0
	for ; size >= step-0.05 && unit < len("kMGTPE")-1; unit++ {
		size /= step
	}
	return fmt.Sprintf("%.1f %cB", size, "kMGTPE"[unit])
}
