package salespro

import "testing"

// Whole megabytes are charged, ten at the least, and nothing where nothing was read.
func TestWhatAQueryCosts(t *testing.T) {
	c := &connector{price: 5}
	for scanned, want := range map[int64]float64{
		0:                     0,
		1:                     10 * 5.0 / (1 << 20),
		10 << 20:              10 * 5.0 / (1 << 20),
		10<<20 + 1:            11 * 5.0 / (1 << 20),
		(1 << 40):             5,
		(1 << 40) + (1 << 39): 7.5,
	} {
		if got := c.bill(scanned); got.Scanned != scanned || got.Dollars != want {
			t.Errorf("%d bytes cost %+v, want $%v", scanned, got, want)
		}
	}
}
