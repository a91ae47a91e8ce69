package postgres

import "encoding/binary"

// Bounds of a numeric without bounds of its own.
const (
	numericWhole    = 131072 // digits before the point
	numericFraction = 16383  // digits behind it
)

// appendNumeric appends a decimal in plain notation, such as -12.50, in the
// binary format of numeric, without its length: digits in groups of four, the
// place of the first group, sign and scale. Zeros behind the point are kept.
// It reports whether text is such a decimal; if not, dst is returned as it was.
func appendNumeric(dst, text []byte) ([]byte, bool) {
	whole, fraction, negative, ok := splitDecimal(text)
	if !ok || len(whole) > numericWhole || len(fraction) > numericFraction {
		return dst, false
	}
	start := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	wholeGroups := (len(whole) + 3) / 4
	groups := wholeGroups + (len(fraction)+3)/4
	first, used := 0, 0 // first group that is not zero; groups up to the last such
	for i := range groups {
		var g uint16
		if i < wholeGroups {
			g = group(whole, len(whole)-4*(wholeGroups-i))
		} else {
			g = group(fraction, 4*(i-wholeGroups))
		}
		if g == 0 && used == 0 {
			first = i + 1
			continue
		}
		dst = binary.BigEndian.AppendUint16(dst, g)
		if g != 0 {
			used = len(dst)
		}
	}
	var count, weight, sign uint16
	if used > 0 {
		dst = dst[:used]
		count = uint16((used - start - 8) / 2)
		weight = uint16(int16(wholeGroups - 1 - first))
		if negative {
			sign = 0x4000
		}
	}
	binary.BigEndian.PutUint16(dst[start:], count)
	binary.BigEndian.PutUint16(dst[start+2:], weight)
	binary.BigEndian.PutUint16(dst[start+4:], sign)
	binary.BigEndian.PutUint16(dst[start+6:], uint16(len(fraction)))
	return dst, true
}

// group returns the four digits from position at on, where positions outside
// digits are zeros.
func group(digits []byte, at int) uint16 {
	var g uint16
	for i := at; i < at+4; i++ {
		g *= 10
		if i >= 0 && i < len(digits) {
			g += uint16(digits[i] - '0')
		}
	}
	return g
}

// splitDecimal parts a decimal in plain notation into its digits before the
// point, without zeros at the front, and those behind it.
func splitDecimal(text []byte) (whole, fraction []byte, negative, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		negative, text = true, text[1:]
	}
	point := len(text)
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
		case c == '.' && point == len(text):
			point = i
		default:
			return nil, nil, false, false
		}
	}
	whole = text[:point]
	if point < len(text) {
		fraction = text[point+1:]
	}
	ok = len(whole)+len(fraction) > 0
	for len(whole) > 0 && whole[0] == '0' {
		whole = whole[1:]
	}
	return whole, fraction, negative, ok
}
