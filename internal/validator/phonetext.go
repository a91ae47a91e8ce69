package validator

import (
	"bytes"
	"strings"
	"unicode"
)

// countPhoneDigits counts the digits of a number without an extension. It
// refuses what the library would read into a number in silence: letters, which
// it takes for the keys of a telephone, what follows a ; and what stands
// before the first digit.
func countPhoneDigits(text []byte) (int, error) {
	digits, letters, symbols := 0, false, false
	for _, r := range string(text) {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r == ';' || r == ',':
			return 0, reasonPhoneSeveral
		case unicode.IsLetter(r):
			letters = true
		case !isPhonePunctuation(r):
			symbols = true
		}
	}
	switch {
	case letters:
		return 0, reasonPhoneLetters
	case symbols:
		return 0, reasonPhoneSymbols
	default:
		return digits, nil
	}
}

// isPhonePunctuation knows what people and address books put between digits:
// besides ASCII, the blanks, dashes, invisible marks and wide forms that come
// along when a number is copied from elsewhere.
func isPhonePunctuation(r rune) bool {
	if r < 0x80 {
		return strings.ContainsRune("+()-./[]~ ", r)
	}
	return strings.ContainsRune("＋（）［］．／−", r) || unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf)
}

// cutExtension cuts a tail such as x12, ext. 12 or #12 off a phone number. An
// extension has up to seven digits.
func cutExtension(text []byte) []byte {
	const longest = 7
	rest := text
	for len(rest) > 0 && rest[len(rest)-1]-'0' <= 9 {
		rest = rest[:len(rest)-1]
	}
	if digits := len(text) - len(rest); digits == 0 || digits > longest {
		return text
	}
	rest = bytes.TrimRight(rest, " .:")
	for _, word := range []string{"extension", "extn", "ext", "x", "#"} {
		if len(rest) > len(word) && strings.EqualFold(string(rest[len(rest)-len(word):]), word) {
			return bytes.TrimRight(rest[:len(rest)-len(word)], " ,.")
		}
	}
	return text
}
