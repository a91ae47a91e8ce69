package crm

// Deletes says what becomes of rows whose records the source no longer has.
type Deletes string

// The ways to deal with them.
const (
	DeletesSoft Deletes = "soft" // the row stays and is marked with the time and the run
	DeletesHard Deletes = "hard" // the row is deleted
	DeletesOff  Deletes = "off"  // nobody looks
)

// DeletesNames lists the ways.
func DeletesNames() []string {
	return []string{string(DeletesSoft), string(DeletesHard), string(DeletesOff)}
}

// DeletePolicy is how a stream deals with rows that a complete full walk of
// the source did not show.
type DeletePolicy struct {
	How   Deletes
	Limit float64 // the share of a table's rows that one run may take, from 0 to 1; one row it always may
}

// Allowed returns how many of so many rows one run may take.
func (p DeletePolicy) Allowed(rows int64) int64 { return max(1, int64(p.Limit*float64(rows))) }

// PercentToTake returns the least limit, in whole percent, with which one run may take n of
// so many rows.
func PercentToTake(n, rows int64) int {
	for percent := range 100 {
		if n <= int64(float64(percent)/100*float64(rows)) {
			return percent
		}
	}
	return 100
}
