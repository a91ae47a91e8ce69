package literal

const problemNotBoolean Problem = "is neither true nor false"

// Boolean reads a truth value, in any case: true, yes, on, y, t and active, or
// false, no, off, n, f and inactive. A number is true unless it is zero.
func Boolean(text []byte) (bool, error) {
	text = trim(text)
	if len(text) == 0 {
		return false, problemEmpty
	}
	if value, ok := readWord(text); ok {
		return value, nil
	}
	n, err := scanNumber(text)
	if err != nil {
		return false, problemNotBoolean
	}
	for i := range len(n.whole) + len(n.fraction) {
		if n.digit(i) != '0' {
			return true, nil
		}
	}
	return false, nil
}

// readWord knows the words for true and false.
func readWord(text []byte) (value, ok bool) {
	var buffer [8]byte
	if len(text) > len(buffer) {
		return false, false
	}
	word := buffer[:len(text)]
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		word[i] = c
	}
	switch string(word) {
	case "true", "yes", "on", "y", "t", "active":
		return true, true
	case "false", "no", "off", "n", "f", "inactive":
		return false, true
	default:
		return false, false
	}
}
