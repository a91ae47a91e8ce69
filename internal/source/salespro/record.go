package salespro

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// form is how a column's text becomes a member of a record.
type form uint8

const (
	formText   form = iota // a JSON string
	formNumber             // bare digits, exact
	formBare               // true, false, or JSON as it is
)

// member is one column of a result, made ready to be written.
type member struct {
	start []byte // `"name":`
	form  form
}

// shape is how the rows of one query become records.
type shape struct {
	members []member
	prices  map[string]bool // the titles of a lead result whose columns are numbers
	copies  int             // position of the column that says how many rows are the same; -1 for none
	results int             // position of the lead result; -1 for none
	key     int             // position of a key without which a row is left out; -1 for none
}

// shapeOf prepares for a result with those columns. Where it does not say of which
// types they are, the table does, so that a record is the same in whatever way it
// came.
func shapeOf(stream crm.Stream, q *query, columns []athena.Column) shape {
	s := shape{prices: prices(stream), copies: -1, results: -1, key: -1}
	for i, c := range columns {
		kind := c.Type
		if kind == "" {
			kind = q.types[strings.ToLower(c.Name)]
		}
		s.members = append(s.members, member{start: append(rawjson.Quote(nil, []byte(c.Name)), ':'), form: formOf(kind, q.nested[c.Name])})
		switch c.Name {
		case copiesColumn:
			s.copies = i
		case resultsMember:
			s.results = i
		case q.key:
			s.key = i
		}
	}
	return s
}

func formOf(kind string, nested bool) form {
	kind, _, _ = strings.Cut(strings.ToLower(kind), "(")
	switch kind {
	case "tinyint", "smallint", "integer", "int", "bigint", "decimal", "double", "float", "real":
		return formNumber
	case "boolean", "json":
		return formBare
	}
	if nested {
		return formBare
	}
	return formText
}

// appendRecord appends a row as a JSON object. hash is its key where the rows have
// no other; nil otherwise.
func (s *shape) appendRecord(dst []byte, row []athena.Cell, hash []byte) []byte {
	dst = append(dst, '{')
	from := len(dst)
	if hash != nil {
		dst = append(dst, `"`+hashMember+`":"`...)
		dst = append(append(dst, hash...), '"')
	}
	for i := range s.members {
		if i == s.copies {
			continue
		}
		if len(dst) > from {
			dst = append(dst, ',')
		}
		dst = s.members[i].appendValue(append(dst, s.members[i].start...), row[i])
	}
	if s.results >= 0 {
		dst = append(dst, `,"`+titlesMember+`":`...)
		dst = appendTitles(dst, row[s.results].Text, s.prices)
	}
	return append(dst, '}')
}

func (m *member) appendValue(dst []byte, c athena.Cell) []byte {
	switch {
	case c.Null():
		return append(dst, "null"...)
	case m.form == formNumber && isNumber(c.Text):
		return append(dst, c.Text...)
	case m.form == formBare && isBare(c.Text):
		return append(dst, bytes.TrimSpace(c.Text)...)
	default: // NaN and Infinity among the numbers
		return rawjson.Quote(dst, c.Text)
	}
}

// isBare reports whether a text is JSON that can stand in a record as it is.
func isBare(text []byte) bool {
	switch string(text) {
	case "true", "false":
		return true
	}
	return jsontext.Value(text).IsValid()
}

// isNumber reports whether a text is a JSON number.
func isNumber(text []byte) bool {
	rest := bytes.TrimPrefix(text, []byte("-"))
	whole := digits(rest)
	if whole == 0 || whole > 1 && rest[0] == '0' {
		return false
	}
	rest = rest[whole:]
	if len(rest) > 0 && rest[0] == '.' {
		fraction := digits(rest[1:])
		if fraction == 0 {
			return false
		}
		rest = rest[1+fraction:]
	}
	if len(rest) > 0 && rest[0]|0x20 == 'e' {
		rest = rest[1:]
		if len(rest) > 0 && (rest[0] == '+' || rest[0] == '-') {
			rest = rest[1:]
		}
		return len(rest) > 0 && digits(rest) == len(rest)
	}
	return len(rest) == 0
}

// digits counts the digits that a text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
