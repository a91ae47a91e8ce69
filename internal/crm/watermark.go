package crm

import "time"

// NextWatermark upholds L1: the instant up to which the stream is complete
// once a run has ended well.
//
// start is the source's clock when the run began, seen the greatest
// modification time among the records that the warehouse now holds, before the
// watermark that the run started from; any of them may be zero. The result is
// never before the earlier watermark, and zero while nothing is known.
func NextWatermark(start, seen, before time.Time, overlap time.Duration) time.Time {
	next := start
	if !seen.IsZero() && (next.IsZero() || seen.Before(next)) {
		next = seen
	}
	if seen.IsZero() || next.IsZero() {
		// Nothing was seen, so there is no modification time to stand on.
		return before
	}
	next = next.Add(-overlap)
	if next.Before(before) {
		return before
	}
	return next
}
