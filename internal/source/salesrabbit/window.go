package salesrabbit

// Paging by page number loses records: when a record before the reader is
// deleted, all that follow move up by one, and the first of the next page is
// passed over without a trace. The interface has no other way to page, but it
// takes any page size, and so pages can be made to overlap: after reading the
// records 0 to 1999, page 2 of size 1999 begins at record 1999, the last one
// read. As long as each page begins with a record that was read before,
// nothing lies between them, whatever happened meanwhile.

// window returns the page that begins before the position read, and reaches
// farthest beyond it, among the page sizes up to most. The overlap is at least
// one record, and some two in a hundred. Where every size up to most divides
// the number of records read, and so none of them overlaps and reaches beyond,
// the next larger one that does is taken.
func window(read, most int) (page, size int) {
	if read <= 0 {
		return 1, max(most, 1)
	}
	reach := read
	for s := most; s > most/2; s-- { // smaller ones do not reach farther
		if p := (read-1)/s + 1; p*s > reach {
			reach, page, size = p*s, p, s
		}
	}
	for s := 2; size == 0; s++ {
		if read%s != 0 {
			page, size = (read-1)/s+1, s
		}
	}
	return page, size
}
