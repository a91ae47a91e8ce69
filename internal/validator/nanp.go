package validator

// northAmerican returns the ten digits of a number that is written the way
// North Americans write theirs: digits, blanks and ( ) - . around ten digits,
// or eleven of which the first is 1. A plus may come before the first digit,
// and only before eleven: behind +234 begins a number in Nigeria.
func northAmerican(text []byte) (ten [10]byte, ok bool) {
	const longest = 32 // no one needs more blanks than that
	var digits [11]byte
	count, plus := 0, false
	if len(text) > longest {
		return ten, false
	}
	for _, c := range text {
		switch {
		case c-'0' <= 9:
			if count == len(digits) {
				return ten, false
			}
			digits[count] = c
			count++
		case c == '+':
			if plus || count > 0 {
				return ten, false
			}
			plus = true
		case c != ' ' && c != '(' && c != ')' && c != '-' && c != '.':
			return ten, false
		}
	}
	switch {
	case count == 11 && digits[0] == '1':
		return [10]byte(digits[1:]), true
	case count == 10 && !plus:
		return [10]byte(digits[:10]), true
	default:
		return ten, false
	}
}

// inPlan reports whether ten digits can be a number of the North American
// plan: neither the area code nor the exchange begins with 0 or 1.
func inPlan(ten [10]byte) bool { return ten[0] >= '2' && ten[3] >= '2' }

// isNorthAmerican reports whether a number without + in that country is
// surely of the North American plan when it looks like one.
func isNorthAmerican(country string) bool { return country == "US" || country == "CA" }
