package literal

const (
	// maxDigits bounds a number that is written out. The databases take far
	// more, no CRM means it.
	maxDigits = 1000
	// maxExponent lets every double pass, the least of which is 5e-324, and
	// keeps a short text from growing into a long one.
	maxExponent = 324
)

// number is a decimal number taken apart: whole and fraction are the digits
// before and behind the point, as written; together they have one or more.
type number struct {
	negative        bool
	whole, fraction []byte
	exponent        int
}

// Decimal appends to dst the number that text holds, in plain notation and
// exactly: 1.50e3 is 1500, .5 is 0.5, -0012.50 is -12.50. The sign and the
// zeros at the end stay, zeros at the front and a plus go. dst must not
// overlap text; when err is not nil, it is returned as it was.
//
// NaN, infinities, hexadecimal, underscores, grouping commas and currency
// signs are refused, and so is a number that has over 1000 digits written out
// or an exponent beyond 324.
func Decimal(text, dst []byte) ([]byte, error) {
	text = trim(text)
	n, err := scanNumber(text)
	if err != nil {
		return dst, err
	}
	if n.exponent == 0 {
		return n.appendPlain(dst), nil
	}
	if n.size() > maxDigits {
		return dst, problemDigits
	}
	return n.appendShifted(dst), nil
}

// scanNumber takes a trimmed text apart.
func scanNumber(text []byte) (n number, err error) {
	rest := text
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		n.negative, rest = rest[0] == '-', rest[1:]
	}
	count := countDigits(rest)
	n.whole, rest = rest[:count], rest[count:]
	if len(rest) > 0 && rest[0] == '.' {
		count = countDigits(rest[1:])
		n.fraction, rest = rest[1:1+count], rest[1+count:]
	}
	if len(n.whole)+len(n.fraction) == 0 {
		return number{}, explainNumber(text)
	}
	if len(n.whole)+len(n.fraction) > maxDigits {
		return number{}, problemDigits
	}
	if len(rest) == 0 {
		return n, nil
	}
	if rest[0]|0x20 != 'e' {
		return number{}, explainNumber(text)
	}
	if n.exponent, err = readExponent(text, rest[1:]); err != nil {
		return number{}, err
	}
	return n, nil
}

// readExponent reads the end of text, behind the e.
func readExponent(text, rest []byte) (int, error) {
	negative := false
	if len(rest) > 0 && (rest[0] == '-' || rest[0] == '+') {
		negative, rest = rest[0] == '-', rest[1:]
	}
	if len(rest) == 0 || countDigits(rest) != len(rest) {
		return 0, explainNumber(text)
	}
	exponent := 0
	for _, c := range rest {
		if exponent = exponent*10 + int(c-'0'); exponent > maxExponent {
			return 0, problemExponent
		}
	}
	if negative {
		return -exponent, nil
	}
	return exponent, nil
}

// size is an upper bound of the digits that the number has written out.
func (n number) size() int {
	if n.exponent > 0 {
		return max(len(n.whole)+n.exponent, len(n.whole)+len(n.fraction))
	}
	return max(len(n.whole), 1-n.exponent) + len(n.fraction)
}

// appendPlain appends a number that has no exponent.
func (n number) appendPlain(dst []byte) []byte {
	if n.negative {
		dst = append(dst, '-')
	}
	whole := n.whole
	for len(whole) > 1 && whole[0] == '0' {
		whole = whole[1:]
	}
	if len(whole) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, whole...)
	if len(n.fraction) > 0 {
		dst = append(dst, '.')
		dst = append(dst, n.fraction...)
	}
	return dst
}

// appendShifted appends a number whose point moves by its exponent.
func (n number) appendShifted(dst []byte) []byte {
	if n.negative {
		dst = append(dst, '-')
	}
	digits := len(n.whole) + len(n.fraction)
	point := len(n.whole) + n.exponent // how many digits come before the point
	leading := true                    // no digit before the point has been written
	for i := 0; i < point; i++ {
		if d := n.digit(i); d != '0' || !leading {
			dst, leading = append(dst, d), false
		}
	}
	if leading {
		dst = append(dst, '0')
	}
	if point < digits {
		dst = append(dst, '.')
	}
	for i := point; i < digits; i++ {
		dst = append(dst, n.digit(i))
	}
	return dst
}

// digit returns the digit i of the number as written, 0 on both sides of them.
func (n number) digit(i int) byte {
	switch {
	case i < 0:
		return '0'
	case i < len(n.whole):
		return n.whole[i]
	case i < len(n.whole)+len(n.fraction):
		return n.fraction[i-len(n.whole)]
	default:
		return '0'
	}
}
