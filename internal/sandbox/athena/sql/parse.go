package sql

import (
	"strconv"
	"strings"
)

// Parse reads a query. Errors are *Error.
func Parse(text string) (*Statement, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	st := p.statement()
	p.accept(";")
	if p.peek().kind != endToken {
		p.expect("<EOF>")
	}
	if p.err != nil {
		return nil, p.err
	}
	return st, nil
}

// parser reads tokens from the left. Its first error stays, and everything read
// after it is void.
type parser struct {
	tokens []token
	pos    int
	depth  int
	err    error
}

func (p *parser) peek() token { return p.tokens[p.pos] }

func (p *parser) next() token {
	t := p.tokens[p.pos]
	if t.kind != endToken {
		p.pos++
	}
	return t
}

// accept passes the keyword or symbol if it stands there.
func (p *parser) accept(text string) bool {
	found := p.peek().is(text)
	if found {
		p.pos++
	}
	return found
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.mismatch("'" + text + "'")
	}
}

// mismatch fails and goes to the end, so that every loop ends too.
func (p *parser) mismatch(wanted string) {
	if t := p.peek(); p.err == nil {
		p.err = fail("SYNTAX_ERROR", t.at, "mismatched input '%s'. Expecting: %s", t.shown(), wanted)
	}
	p.pos = len(p.tokens) - 1
}

func (p *parser) statement() *Statement {
	if !p.accept("UNLOAD") {
		return &Statement{sel: p.selection()}
	}
	p.expect("(")
	st := &Statement{sel: p.selection(), unload: &Unload{Options: map[string]string{}}}
	p.expect(")")
	p.expect("TO")
	st.unload.To = p.literal()
	p.expect("WITH")
	p.expect("(")
	for {
		name := strings.ToLower(p.name())
		p.expect("=")
		st.unload.Options[name] = p.literal()
		if !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return st
}

func (p *parser) selection() *selection {
	s := &selection{limit: -1, starting: p.peek().at}
	p.expect("SELECT")
	for {
		s.items = append(s.items, p.item())
		if !p.accept(",") {
			break
		}
	}
	if p.accept("FROM") {
		s.from = p.source()
	}
	if p.accept("WHERE") {
		s.where = p.expression()
	}
	if p.accept("GROUP") {
		p.expect("BY")
		s.groupBy = p.list()
	}
	if p.accept("ORDER") {
		p.expect("BY")
		for {
			key := sortKey{expr: p.expression()}
			if !p.accept("ASC") {
				key.descending = p.accept("DESC")
			}
			s.orderBy = append(s.orderBy, key)
			if !p.accept(",") {
				break
			}
		}
	}
	if p.accept("LIMIT") {
		n, err := strconv.ParseInt(p.peek().text, 10, 64)
		if p.peek().kind != numberToken || err != nil {
			p.mismatch("a number of rows")
		}
		p.next()
		s.limit = n
	}
	return s
}

func (p *parser) item() item {
	it := item{at: p.peek().at}
	if p.accept("*") {
		return it
	}
	it.expr = p.expression()
	if p.accept("AS") {
		it.name = p.name()
	} else if t := p.peek(); t.kind == quotedToken || t.kind == wordToken && !reserved(t.text) {
		it.name = p.name()
	}
	return it
}

func (p *parser) source() *source {
	s := &source{at: p.peek().at, table: p.name()}
	for p.accept(".") { // a catalog in front is passed over
		s.database, s.table = s.table, p.name()
	}
	return s
}

// name reads an identifier.
func (p *parser) name() string {
	t := p.peek()
	if t.kind != quotedToken && (t.kind != wordToken || reserved(t.text)) {
		p.mismatch("<identifier>")
	}
	return p.next().text
}

func (p *parser) literal() string {
	if p.peek().kind != stringToken {
		p.mismatch("<string>")
	}
	return p.next().text
}

// list reads expressions with commas between them.
func (p *parser) list() []node {
	nodes := []node{p.expression()}
	for p.accept(",") {
		nodes = append(nodes, p.expression())
	}
	return nodes
}

// reserved reports whether a word can name nothing unless it is quoted.
func reserved(word string) bool {
	switch strings.ToUpper(word) {
	case "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "AS", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "TRUE", "FALSE",
		"CAST", "CASE", "BETWEEN", "HAVING", "JOIN", "ON", "UNION", "WITH", "DISTINCT", "LIMIT", "DESC", "ASC":
		return true
	}
	return false
}
