package salesrabbit

import "hash/crc32"

// mark is the fingerprint of what a source sent of one unit. A record that
// has changed since it was read has another: it may have moved, and so proves
// nothing about its place.
//
// It is compared with those of the last pages only, never kept for good, and
// made for every record that is read: two checksums that processors compute
// by themselves are enough and cost next to nothing.
type mark uint64

// marker makes marks. It holds the table of one of the checksums.
type marker struct{ castagnoli *crc32.Table }

func newMarker() marker { return marker{crc32.MakeTable(crc32.Castagnoli)} }

func (m marker) of(parts ...[]byte) mark {
	var a, b uint32
	for _, part := range parts {
		a = crc32.Update(a, crc32.IEEETable, part)
		b = crc32.Update(b, m.castagnoli, part)
	}
	return mark(a)<<32 | mark(b)
}
