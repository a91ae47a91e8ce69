package literal

import "bytes"

// Compare compares two numbers in the plain notation that Decimal appends: -1
// when a is less than b, 0 when they are equal, +1 when a is greater. 1.50 and
// 1.5 are equal, and so are 0 and -0.
func Compare(a, b []byte) int {
	aSign, aWhole, aFraction := split(a)
	bSign, bWhole, bFraction := split(b)
	switch {
	case aSign < bSign:
		return -1
	case aSign > bSign:
		return 1
	case len(aWhole) < len(bWhole):
		return -aSign
	case len(aWhole) > len(bWhole):
		return aSign
	}
	if order := bytes.Compare(aWhole, bWhole); order != 0 {
		return aSign * order
	}
	return aSign * bytes.Compare(aFraction, bFraction)
}

// Digits counts the digits of a number in plain notation that carry its value:
// before the point without zeros at the front, behind it without zeros at the
// end.
func Digits(plain []byte) (whole, fraction int) {
	_, w, f := split(plain)
	if len(w) == 1 && w[0] == '0' {
		w = nil
	}
	return len(w), len(f)
}

// split takes a plain number apart: its sign as -1, 0 or +1, its whole digits,
// and those behind the point without zeros at the end.
func split(plain []byte) (sign int, whole, fraction []byte) {
	sign = 1
	if len(plain) > 0 && plain[0] == '-' {
		sign, plain = -1, plain[1:]
	}
	whole, fraction, _ = bytes.Cut(plain, []byte{'.'})
	for len(fraction) > 0 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) == 0 && len(whole) == 1 && whole[0] == '0' {
		sign = 0
	}
	return sign, whole, fraction
}
