package salespro

import "testing"

// BenchmarkRows reads the tables of a share and reports the time of one row.
func BenchmarkRows(b *testing.B) {
	s := newShare(Config{Records: 100_000, Seed: 1, Start: testStart}.withDefaults())
	for _, name := range s.Tables() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			rows := 0
			for b.Loop() {
				for range s.Rows(name) {
					if rows++; rows%10_000 == 0 {
						break
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
