package literal

import "bytes"

// What can be wrong with a number.
const (
	problemNotNumber  Problem = "is not a number"
	problemNotFinite  Problem = "is not a finite number"
	problemHex        Problem = "is written in hexadecimal"
	problemUnderscore Problem = "has an underscore between its digits"
	problemComma      Problem = "has a comma, a number is written without grouping and with a decimal point"
	problemCurrency   Problem = "has a currency sign"
	problemPercent    Problem = "has a percent sign"
	problemSeveral    Problem = "holds several values with ; between them"
	problemDigits     Problem = "has more than 1000 digits"
	problemExponent   Problem = "has an exponent beyond 324"
)

// explainNumber says why a text that is no number is none, in the words that
// help most.
func explainNumber(text []byte) error {
	if len(text) == 0 {
		return problemEmpty
	}
	unsigned := bytes.TrimLeft(text, "+-")
	switch {
	case foldEqual(unsigned, "nan"), foldEqual(unsigned, "inf"), foldEqual(unsigned, "infinity"):
		return problemNotFinite
	case len(unsigned) > 2 && unsigned[0] == '0' && unsigned[1]|0x20 == 'x':
		return problemHex
	case !bytes.ContainsAny(unsigned, "0123456789"):
		return problemNotNumber
	case bytes.ContainsAny(text, "$€£¥"):
		return problemCurrency
	case bytes.IndexByte(text, ';') >= 0:
		return problemSeveral
	case bytes.IndexByte(text, '%') >= 0:
		return problemPercent
	case bytes.IndexByte(text, ',') >= 0:
		return problemComma
	case bytes.IndexByte(text, '_') >= 0:
		return problemUnderscore
	default:
		return problemNotNumber
	}
}

// foldEqual compares text with a word in lower-case ASCII letters, in any case.
func foldEqual(text []byte, word string) bool {
	if len(text) != len(word) {
		return false
	}
	for i, c := range text {
		if c|0x20 != word[i] {
			return false
		}
	}
	return true
}
