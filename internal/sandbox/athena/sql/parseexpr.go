package sql

import (
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// maxDepth is how deep expressions may be nested.
const maxDepth = 200

// expression reads what is bound by OR, the weakest.
func (p *parser) expression() node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		p.mismatch("less nesting")
	}
	left := p.conjunction()
	for p.peek().is("OR") {
		where := p.next().at
		left = logicNode{at: where, left: left, right: p.conjunction()}
	}
	return left
}

func (p *parser) conjunction() node {
	left := p.negation()
	for p.peek().is("AND") {
		where := p.next().at
		left = logicNode{at: where, and: true, left: left, right: p.negation()}
	}
	return left
}

func (p *parser) negation() node {
	negated, where := false, p.peek().at
	for p.accept("NOT") {
		negated = !negated
	}
	return not(p.comparison(), negated, where)
}

func not(n node, negated bool, where at) node {
	if negated {
		return notNode{at: where, arg: n}
	}
	return n
}

func (p *parser) comparison() node {
	left := p.operand()
	t := p.peek()
	switch {
	case t.kind == symbolToken && slices.Contains([]string{"=", "<>", "!=", "<", "<=", ">", ">="}, t.text):
		if p.next(); t.text == "!=" {
			t.text = "<>"
		}
		return compareNode{at: t.at, op: t.text, left: left, right: p.operand()}
	case p.accept("IS"):
		negated := p.accept("NOT")
		p.expect("NULL")
		return not(isNullNode{at: t.at, arg: left}, negated, t.at)
	}
	negated := p.accept("NOT")
	switch {
	case p.accept("IN"):
		p.expect("(")
		in := inNode{at: t.at, left: left, list: p.list()}
		p.expect(")")
		return not(in, negated, t.at)
	case p.accept("LIKE"):
		return not(likeNode{at: t.at, left: left, pattern: p.operand()}, negated, t.at)
	case negated:
		p.mismatch("'IN', 'LIKE'")
	}
	return left
}

func (p *parser) operand() node {
	t := p.peek()
	switch t.kind {
	case stringToken:
		p.next()
		return literalNode{at: t.at, value: table.Text(t.text), typ: table.Simple(table.VarcharKind), shown: "'" + t.text + "'"}
	case numberToken:
		p.next()
		return p.number(t, "")
	case symbolToken:
		switch {
		case p.accept("("):
			inner := p.expression()
			p.expect(")")
			return inner
		case p.accept("-"):
			if p.peek().kind == numberToken {
				return p.number(p.next(), "-")
			}
		}
	case quotedToken:
		return p.column()
	case wordToken:
		return p.word()
	default:
	}
	p.mismatch("<expression>")
	return columnNode{at: t.at}
}

// number makes a bigint, an integer, a decimal or a double of a token.
func (p *parser) number(t token, sign string) node {
	n := literalNode{at: t.at, shown: sign + t.text}
	if strings.ContainsAny(t.text, "eE") {
		f, err := strconv.ParseFloat(n.shown, 64)
		if err != nil {
			p.mismatch("<number>")
		}
		n.value, n.typ = table.Double(f), table.Simple(table.DoubleKind)
		return n
	}
	if whole, err := strconv.ParseInt(n.shown, 10, 64); err == nil {
		n.value, n.typ = table.Int(whole), table.Simple(table.IntegerKind)
		if whole != int64(int32(whole)) {
			n.typ = table.Simple(table.BigintKind)
		}
		return n
	}
	whole, fraction, _ := strings.Cut(t.text, ".")
	n.value = table.Decimal(n.shown)
	n.typ = table.Type{Kind: table.DecimalKind, Precision: len(whole) + len(fraction), Scale: len(fraction)}
	return n
}

func (p *parser) column() node {
	where := p.peek().at
	c := columnNode{at: where, name: p.name()}
	for p.accept(".") {
		c.qualifier, c.name = c.name, p.name()
	}
	return c
}

// word reads what begins with a bare word: a literal, a function or a column.
func (p *parser) word() node {
	t := p.peek()
	after := p.tokens[p.pos+1]
	switch word := strings.ToUpper(t.text); {
	case word == "NULL":
		p.next()
		return literalNode{at: t.at, shown: "null"}
	case word == "TRUE" || word == "FALSE":
		p.next()
		return literalNode{at: t.at, value: table.Bool(word == "TRUE"), typ: table.Simple(table.BooleanKind), shown: word}
	case (word == "TIMESTAMP" || word == "DATE") && after.kind == stringToken:
		p.next()
		return p.instant(t, p.next())
	case (word == "CAST" || word == "TRY_CAST") && after.is("("):
		p.pos += 2
		c := castNode{at: t.at, try: word == "TRY_CAST", arg: p.expression()}
		p.expect("AS")
		c.typ = p.typeName()
		p.expect(")")
		return c
	case after.is("(") && !reserved(word):
		p.pos += 2
		return p.call(t)
	}
	return p.column()
}

func (p *parser) instant(word, text token) node {
	n := literalNode{at: word.at, shown: strings.ToLower(word.text) + " '" + text.text + "'"}
	var err error
	if word.is("DATE") {
		n.typ = table.Simple(table.DateKind)
		n.value, err = parseDate(text.text)
	} else {
		n.value, n.typ, err = parseTimestamp(text.text)
	}
	if err != nil && p.err == nil {
		p.err = fail("INVALID_LITERAL", word.at, "'%s' is not a valid %s literal", text.text, strings.ToUpper(word.text))
	}
	return n
}

func (p *parser) call(name token) node {
	c := callNode{at: name.at, name: strings.ToLower(name.text)}
	switch {
	case p.accept(")"):
		return c
	case p.accept("*"):
		c.star = true
	default:
		c.args = p.list()
	}
	p.expect(")")
	return c
}

// typeName reads a type as Trino writes it, without nested ones.
func (p *parser) typeName() table.Type {
	t := p.peek()
	word := strings.ToUpper(p.name())
	switch word {
	case "TIMESTAMP":
		p.parameters(1)
		if p.accept("WITH") {
			p.expect("TIME")
			p.expect("ZONE")
			return table.Simple(table.ZonedKind)
		}
		return table.Simple(table.TimestampKind)
	case "DECIMAL":
		n := p.parameters(2)
		if n == nil {
			n = []int{38, 0}
		}
		return table.Type{Kind: table.DecimalKind, Precision: n[0], Scale: n[1]}
	case "VARCHAR":
		if n := p.parameters(1); n != nil {
			return table.Type{Kind: table.VarcharKind, Precision: n[0]}
		}
		return table.Simple(table.VarcharKind)
	}
	kind, known := map[string]table.Kind{
		"BOOLEAN": table.BooleanKind, "TINYINT": table.TinyintKind, "SMALLINT": table.SmallintKind, "INTEGER": table.IntegerKind,
		"INT": table.IntegerKind, "BIGINT": table.BigintKind, "REAL": table.RealKind, "DOUBLE": table.DoubleKind,
		"DATE": table.DateKind, "JSON": table.JSONKind,
	}[word]
	if !known && p.err == nil {
		p.err = fail("TYPE_NOT_FOUND", t.at, "Unknown type: %s", strings.ToLower(t.text))
	}
	return table.Simple(kind)
}

// parameters reads so many numbers in parentheses; nil where none stand.
func (p *parser) parameters(most int) []int {
	if !p.accept("(") {
		return nil
	}
	out := make([]int, most)
	for i := range out {
		n, err := strconv.Atoi(p.peek().text)
		if err != nil {
			p.mismatch("<integer>")
		}
		p.next()
		if out[i] = n; !p.accept(",") {
			break
		}
	}
	p.expect(")")
	return out
}
