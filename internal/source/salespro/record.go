package salespro

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client/athena"
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
	name  string // of the column
	start []byte // `"name":`
	form  form
}

// shape is how the rows of one query become records.
type shape struct {
	members []member
	hashed  bool // the key is made of what the row holds
	copies  int  // position of the column that says how many rows are the same; -1 for none
	results int  // position of the lead result; -1 for none
	key     int  // position of a key without which a row is left out; -1 for none
}

func shapeOf(q *query, columns []athena.Column) shape {
	s := shape{hashed: q.hashed, copies: -1, results: -1, key: -1}
	for i, c := range columns {
		start, _ := jsontext.AppendQuote(nil, c.Name)
		m := member{name: c.Name, start: append(start, ':'), form: formOf(c.Type, q.nested[c.Name])}
		s.members = append(s.members, m)
		switch c.Name {
		case copiesColumn:
			s.copies = i
		case resultsMember:
			s.results = i
		case q.skipWithout:
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
	first := true
	begin := func(start []byte) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, start...)
	}
	if hash != nil {
		begin([]byte(`"` + hashMember + `":"`))
		dst = append(dst, hash...)
		dst = append(dst, '"')
	}
	for i := range s.members {
		if i == s.copies {
			continue
		}
		begin(s.members[i].start)
		dst = s.members[i].appendValue(dst, row[i])
	}
	if s.results >= 0 {
		begin([]byte(`"` + titlesMember + `":`))
		dst = appendTitles(dst, row[s.results].Text)
	}
	return append(dst, '}')
}

func (m *member) appendValue(dst []byte, c athena.Cell) []byte {
	switch {
	case c.Null():
		return append(dst, "null"...)
	case m.form == formNumber && isNumber(c.Text):
		return append(dst, c.Text...)
	case m.form == formBare && jsontext.Value(c.Text).IsValid():
		return append(dst, bytes.TrimSpace(c.Text)...)
	default: // NaN and Infinity among the numbers
		return rawjson.Quote(dst, c.Text)
	}
}

// isNumber reports whether a text is a JSON number.
func isNumber(text []byte) bool {
	if len(text) == 0 || text[len(text)-1] > '9' {
		return false
	}
	return jsontext.Value(text).IsValid() && jsontext.Value(text).Kind() == '0'
}
