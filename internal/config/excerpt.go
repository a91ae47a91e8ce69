package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// excerpt draws the line of a mistake with a mark below it. Keys are shown and
// every value is replaced by …, for any of them may be a secret (L8), even one
// that stands beside the mistake.
func (d *document) excerpt(at Position) string {
	var line strings.Builder
	width, mark := 0, -1
	for _, tk := range d.tokens {
		if tk.Position.Line != at.Line || tk.Type == token.CommentType || tk.Position.Column <= 0 {
			continue
		}
		gap := 0
		if width == 0 {
			gap = tk.Position.Column - 1
		} else if tk.Position.Column > 1 && strings.HasPrefix(tk.Origin, " ") {
			gap = 1
		}
		line.WriteString(strings.Repeat(" ", gap))
		width += gap
		if tk.Position.Column <= at.Column {
			mark = width
		}
		text := masked(tk)
		line.WriteString(text)
		width += len([]rune(text))
	}
	if mark < 0 {
		return ""
	}
	number := fmt.Sprintf("%5d", at.Line)
	return "\n" + number + " | " + line.String() + "\n" + strings.Repeat(" ", len(number)) + " | " + strings.Repeat(" ", mark) + "^"
}

// masked returns what of a token may be shown: punctuation, and a scalar that
// is the key of something.
func masked(tk *token.Token) string {
	switch {
	case tk.Type == token.InvalidType:
		return "…"
	case tk.Indicator == token.BlockStructureIndicator, tk.Indicator == token.FlowCollectionIndicator:
		return tk.Value
	case beforeColon(tk) && !afterColon(tk) && !strings.Contains(tk.Value, "\n"):
		return tk.Value
	}
	return "…"
}

func beforeColon(tk *token.Token) bool {
	return tk.Next != nil && tk.Next.Type == token.MappingValueType && tk.Next.Position.Line == tk.Position.Line
}

// afterColon tells the b of "a: b: c" from a key, and what stands behind
// something that YAML does not take, such as the @ of "a: @b:".
func afterColon(tk *token.Token) bool {
	for p := tk.Prev; p != nil && p.Position.Line == tk.Position.Line && p.Indicator != token.FlowCollectionIndicator; p = p.Prev {
		if p.Type == token.MappingValueType || p.Type == token.InvalidType && strings.TrimSpace(p.Origin) != "" {
			return true
		}
	}
	return false
}
