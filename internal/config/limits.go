package config

import "github.com/goccy/go-yaml/token"

const (
	maxFile  = 1 << 20 // bytes of warren.yaml
	maxDepth = 32      // values inside values; the parser calls itself for each
	maxItems = 10000   // keys and list entries; the parser's time grows with their square
)

// refused finds the first token of what warren.yaml does without: what lets a
// small file grow large or keep the parser busy, and what lets one value stand
// for another.
func (d *document) refused() (*token.Token, problem) {
	depth, line, onLine, items := 0, 0, 0, 0
	var indents []int // columns in which the lines above begin, each further to the right than the one before
	begun, ended := false, false
	for _, tk := range d.tokens {
		if tk.Type == token.CommentType {
			continue
		}
		if ended || begun && tk.Type == token.DocumentHeaderType {
			return tk, problem{"a second document begins here", "Keep everything in one document, without a --- in between."}
		}
		begun = true
		if tk.Position.Line != line {
			line, onLine = tk.Position.Line, 0
			if depth == 0 {
				indents = indented(indents, tk.Position.Column)
			}
		}
		switch tk.Type {
		case token.DocumentEndType:
			ended = true
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return tk, problem{"anchors, aliases and merge keys (& * <<) are not supported", "Write the value out; put text that begins with & or * in quotes."}
		case token.TagType, token.DirectiveType, token.MappingKeyType:
			return tk, problem{"tags, directives and complex keys (! % ?) are not supported", "Put text that begins with one of these in quotes."}
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		case token.MappingValueType, token.SequenceEntryType:
			onLine++
			items++
		case token.CollectEntryType:
			items++
		default:
		}
		if depth > maxDepth || depth == 0 && onLine > maxDepth || len(indents) > maxDepth {
			return tk, problem{"values are nested too deeply", "Write fewer than 32 levels."}
		}
		if items > maxItems {
			return tk, problem{"the file has more than 10000 keys and list entries", "Take out what is not needed."}
		}
	}
	return nil, problem{}
}

// indented returns the columns of the lines that the one which begins in this column
// stands below, and its own. The tokens' own level counts only one where a line goes back
// by several.
func indented(columns []int, column int) []int {
	for len(columns) > 0 && columns[len(columns)-1] >= column {
		columns = columns[:len(columns)-1]
	}
	return append(columns, column)
}
