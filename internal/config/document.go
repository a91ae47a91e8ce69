package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/warren-sync/warren/internal/crm"
)

// document is warren.yaml, parsed but not yet understood.
type document struct {
	name   string
	tokens token.Tokens
	root   ast.Node // nil when there is nothing but comments
}

// openDocument reads the file at path, which messages call name. One that is
// absent is an error only when it was asked for; otherwise the document is nil.
func openDocument(path, name string, required bool) (*document, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !required {
			return nil, nil
		}
		return nil, fileError("there is no configuration file "+name, "Check the path, or leave it out to use warren.yaml if there is one.", nil)
	}
	if err != nil {
		return nil, fileError("the configuration file "+name+" cannot be opened", "Let the user that runs Warren read the file.", err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fileError("the configuration file "+name+" cannot be read", "Make sure that it is a file which the user that runs Warren may read.", err)
	}
	return parseDocument(name, text)
}

// parseDocument parses one YAML document without anchors, aliases and tags.
func parseDocument(name string, text []byte) (*document, error) {
	switch {
	case len(text) > maxFile:
		return nil, fileError(name+" is larger than 1 MiB", "Make it smaller; a configuration needs no more.", nil)
	case !utf8.Valid(text):
		return nil, fileError(name+" is not written in UTF-8", "Save it in the encoding UTF-8.", nil)
	}
	source := strings.TrimPrefix(string(text), "\ufeff")
	doc := &document{name: name, tokens: lexer.Tokenize(source)}
	if tk, p := doc.refused(); tk != nil {
		return nil, doc.fail(tk, p)
	}
	file, err := parser.Parse(doc.tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, doc.syntax(err)
	}
	if len(file.Docs) > 0 {
		doc.root = file.Docs[0].Body
	}
	return doc, nil
}

// syntax words an error of the parser. What the parser quotes is left out: it
// may be a secret (L8).
func (d *document) syntax(err error) error {
	var e yaml.Error
	if !errors.As(err, &e) || e.GetToken() == nil {
		return fileError(d.name+" is not valid YAML", "Check indentation, quotes and brackets.", nil)
	}
	message, _, _ := strings.Cut(e.GetMessage(), `: "`)
	p := problem{"this is not valid YAML: " + message, "Check indentation, quotes and brackets."}
	switch {
	case strings.Contains(message, "\t"), strings.Contains(message, "tab character"):
		p = problem{"a tab stands where only spaces may", "Indent with spaces."}
	case strings.Contains(message, "must be specified") && d.hasVariable(e.GetToken().Position.Line):
		p.fix = `Inside { } and [ ], put a variable in quotes: "${NAME}".`
	}
	return d.fail(e.GetToken(), p)
}

// hasVariable reports whether a line has a scalar that ends with a dollar: what
// is left of ${NAME} where { means something to YAML.
func (d *document) hasVariable(line int) bool {
	return slices.ContainsFunc(d.tokens, func(tk *token.Token) bool {
		return tk.Position.Line == line && strings.HasSuffix(tk.Value, "$")
	})
}

func (d *document) fail(tk *token.Token, p problem) error {
	m := mistakes{doc: d}
	m.inFile(d.position(tk, ""), p)
	return m.err()
}

func (d *document) position(tk *token.Token, path string) Position {
	return Position{File: d.name, Line: tk.Position.Line, Column: tk.Position.Column, Path: path}
}

func fileError(message, fix string, err error) *crm.Error {
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message, Fix: fix, Err: err}
}
