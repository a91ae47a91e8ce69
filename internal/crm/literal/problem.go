package literal

// Problem is why a text is not the value asked for: a phrase that continues
// "the value …" and never holds the value itself.
type Problem string

// Error returns the phrase.
func (p Problem) Error() string { return string(p) }

// What can be wrong with any text.
const problemEmpty Problem = "is empty"

// trim cuts the ASCII blanks around text. Other blanks, such as U+00A0, stay
// and make the text unreadable: they are no accident of formatting.
func trim(text []byte) []byte {
	for len(text) > 0 && isBlank(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isBlank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return c-'0' <= 9 }
