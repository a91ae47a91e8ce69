package literal

import "math"

// What can be wrong with an integer that is a number.
const (
	problemNotWhole Problem = "is not a whole number"
	problemRange    Problem = "is beyond the 64-bit integers"
)

// Integer reads a whole number of 64 bits, exactly: 12, 12.0 and 1.2e1 are the
// same. A number with a fraction is refused, never rounded.
func Integer(text []byte) (int64, error) {
	text = trim(text)
	n, err := scanNumber(text)
	if err != nil {
		return 0, err
	}
	point := len(n.whole) + n.exponent
	for i := max(point, 0); i < len(n.whole)+len(n.fraction); i++ {
		if n.digit(i) != '0' {
			return 0, problemNotWhole
		}
	}
	// Negative numbers reach one further, so the sum is kept negative.
	var sum int64
	for i := range point {
		d := int64(n.digit(i) - '0')
		if sum < (math.MinInt64+d)/10 {
			return 0, problemRange
		}
		sum = sum*10 - d
	}
	switch {
	case n.negative:
		return sum, nil
	case sum == math.MinInt64:
		return 0, problemRange
	default:
		return -sum, nil
	}
}
