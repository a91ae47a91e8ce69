package sql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	quotedToken // "name"
	stringToken // 'text'
	numberToken
	symbolToken
)

type token struct {
	kind tokenKind
	text string // without quotes
	at   at
}

// is reports whether the token is that keyword or symbol; keywords are given in
// upper case.
func (t token) is(text string) bool {
	return t.kind == wordToken && strings.EqualFold(t.text, text) || t.kind == symbolToken && t.text == text
}

func (t token) shown() string {
	if t.kind == endToken {
		return "<EOF>"
	}
	return t.text
}

// symbols are the marks of the language, longer ones first.
var symbols = [...]string{"<>", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "*", "-", ";"}

// scanner cuts a text into tokens.
type scanner struct {
	text string
	pos  int
	at   at
}

func scan(text string) ([]token, error) {
	s := scanner{text: text, at: at{1, 1}}
	var tokens []token
	for {
		t, err := s.next()
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, t)
		if t.kind == endToken {
			return tokens, nil
		}
	}
}

// step passes n bytes.
func (s *scanner) step(n int) string {
	passed := s.text[s.pos : s.pos+n]
	s.pos += n
	if lines := strings.Count(passed, "\n"); lines > 0 {
		s.at.line += lines
		s.at.column = 1
		passed := passed[strings.LastIndexByte(passed, '\n')+1:]
		s.at.column += utf8.RuneCountInString(passed)
	} else {
		s.at.column += utf8.RuneCountInString(passed)
	}
	return passed
}

// span returns how many bytes the runes take that fit, from where s stands.
func (s *scanner) span(fit func(rune) bool) int {
	n := strings.IndexFunc(s.text[s.pos:], func(r rune) bool { return !fit(r) })
	if n < 0 {
		return len(s.text) - s.pos
	}
	return n
}

func (s *scanner) next() (token, error) {
	s.skip()
	t := token{at: s.at}
	if s.pos == len(s.text) {
		return t, nil
	}
	switch c, _ := utf8.DecodeRuneInString(s.text[s.pos:]); {
	case c == '_' || unicode.IsLetter(c):
		t.kind = wordToken
		t.text = s.step(s.span(func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }))
		return t, nil
	case c >= '0' && c <= '9':
		t.kind, t.text = numberToken, s.number()
		return t, nil
	case c == '\'' || c == '"':
		text, closed := s.quoted(byte(c))
		if !closed {
			return t, fail("SYNTAX_ERROR", t.at, "mismatched input '%c'. Expecting: the closing quote", c)
		}
		t.kind, t.text = stringToken, text
		if c == '"' {
			t.kind = quotedToken
		}
		return t, nil
	default:
		for _, symbol := range symbols {
			if strings.HasPrefix(s.text[s.pos:], symbol) {
				t.kind, t.text = symbolToken, s.step(len(symbol))
				return t, nil
			}
		}
		return t, fail("SYNTAX_ERROR", t.at, "mismatched input '%c'", c)
	}
}

// skip passes blanks and comments.
func (s *scanner) skip() {
	for {
		s.step(s.span(unicode.IsSpace))
		switch rest := s.text[s.pos:]; {
		case strings.HasPrefix(rest, "--"):
			s.step(s.span(func(r rune) bool { return r != '\n' }))
		case strings.HasPrefix(rest, "/*"):
			if end := strings.Index(rest, "*/"); end >= 0 {
				s.step(end + 2)
				continue
			}
			s.step(len(rest))
		default:
			return
		}
	}
}

// number reads 12, 12.5, 1.2E10.
func (s *scanner) number() string {
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	text := s.step(s.span(digit))
	if strings.HasPrefix(s.text[s.pos:], ".") {
		text += s.step(1)
		text += s.step(s.span(digit))
	}
	if rest := s.text[s.pos:]; rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		text += s.step(1)
		if rest := s.text[s.pos:]; rest != "" && (rest[0] == '-' || rest[0] == '+') {
			text += s.step(1)
		}
		text += s.step(s.span(digit))
	}
	return text
}

// quoted reads up to the closing quote; a doubled one stands for itself.
func (s *scanner) quoted(quote byte) (string, bool) {
	s.step(1)
	var out strings.Builder
	for {
		end := strings.IndexByte(s.text[s.pos:], quote)
		if end < 0 {
			return "", false
		}
		out.WriteString(s.step(end))
		s.step(1)
		if !strings.HasPrefix(s.text[s.pos:], string(quote)) {
			return out.String(), true
		}
		out.WriteByte(quote)
		s.step(1)
	}
}
