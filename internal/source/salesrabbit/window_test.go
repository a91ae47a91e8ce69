package salesrabbit

import (
	"testing"

	"pgregory.net/rapid"
)

// The page begins before the position read, so that pages overlap, and ends
// behind it, so that the walk makes headway.
func TestWindowOverlapsAndMakesHeadway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 2500).Draw(t, "most")
		read := rapid.IntRange(1, 50_000_000).Draw(t, "read")
		page, size := window(read, most)
		start, end := (page-1)*size, page*size
		if start >= read || end <= read || size < 1 || size > most && most >= 50 {
			t.Fatalf("window(%d, %d) is page %d of %d: records %d to %d", read, most, page, size, start, end)
		}
	})
}

func TestWindowReadsEverythingInFewPages(t *testing.T) {
	for _, c := range []struct{ records, most, calls int }{
		{2000, 2000, 1}, {20_000, 2000, 11}, {100_000, 2000, 52}, {1_000_000, 2000, 515},
	} {
		read, calls := 0, 0
		for read < c.records {
			page, size := window(read, c.most)
			read, calls = page*size, calls+1
		}
		if calls > c.calls {
			t.Errorf("%d records took %d calls, want at most %d", c.records, calls, c.calls)
		}
	}
}
