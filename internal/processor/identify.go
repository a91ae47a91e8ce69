package processor

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// Identify reads who the record is and which version: ID, Key, Cursor, Hash
// and Raw of row. raw is one JSON value and must not change while the row
// lives. A record without a primary key is returned as a reject, and the row
// is then of no use.
func (p *Processor) Identify(raw []byte, row *crm.Row) *crm.Reject {
	received, asReceived := raw, []byte(nil)
	if dirty(raw) {
		raw, asReceived = clean(raw), raw
	}
	p.clear()
	if !p.walk(p.head, raw, false) {
		return &crm.Reject{Raw: received, Code: crm.CodeNotRecord, Value: cut(received),
			Reason: "is not a JSON object, so it can be no record"}
	}
	*row = crm.Row{Raw: raw, Dirty: asReceived}
	if p.cursor >= 0 {
		// A cursor that cannot be read is NULL here; Map tells of it.
		if row.Cursor, _ = typed(p.fields[p.cursor].Field, p.found[p.cursor].value); p.beyond(row.Cursor) {
			row.Cursor = crm.Value{}
		}
	}
	row.Key = p.keys.take(len(p.key))
	for n, i := range p.key {
		v, problem := typed(p.fields[i].Field, p.found[i].value)
		if problem == "" && (!v.Valid || v.Type == crm.TypeText && len(v.Bytes) == 0) {
			problem = "is missing"
		}
		if problem != "" {
			name := p.fields[i].Paths[0]
			return &crm.Reject{
				Raw: received, Code: crm.CodeNoKey, Field: name, Value: cut(p.found[i].value), Cursor: row.Cursor,
				Reason: fmt.Sprintf("the primary key %s %s", name, problem),
			}
		}
		row.Key[n] = v
	}
	row.ID = crm.KeyText(row.Key)
	row.Hash = p.fingerprint(raw)
	return nil
}

func (p *Processor) clear() {
	for i := range p.found {
		p.found[i] = found{}
	}
}

// walk notes in p.found where the fields of the tree below n stand in raw. It
// reports whether raw is an object. Names that the tree does not have are
// noted as unknown where note is set.
func (p *Processor) walk(n *node, raw []byte, note bool) bool {
	at := 0
	return rawjson.Members(raw, func(name, value []byte) bool {
		var c *node
		if note && at < len(p.order) && p.order[at] != nil && p.order[at].name == string(name) {
			c = p.order[at] // records of one stream have their members in one order, as a rule
		} else {
			c = n.children[string(name)]
			if c == nil && hasEscape(name) {
				c = n.children[unquoteName(name)]
			}
			if note {
				p.remember(at, c)
			}
		}
		at++
		if c == nil {
			if note {
				p.noteUnknown(name, value)
			}
			return true
		}
		p.take(c, value)
		return true
	})
}

func (p *Processor) remember(at int, c *node) {
	for len(p.order) <= at {
		p.order = append(p.order, nil)
	}
	p.order[at] = c
}

// noteUnknown notes a name that no field knows, with a type that takes all values
// it had so far. A value of null says nothing.
func (p *Processor) noteUnknown(name, value []byte) {
	now := member{}
	if string(value) != "null" {
		now = member{has: true, kind: naturalType(value)}
		p.met = true
	}
	was, known := p.unknown[string(name)]
	switch {
	case !known && len(p.unknown) < maxUnknown:
		p.unknown[unquoteName(name)] = now
	case known && !was.has:
		p.unknown[string(name)] = now
	case known && now.has && was.kind != now.kind:
		p.unknown[string(name)] = member{has: true, kind: crm.TypeJSON} // takes them all
	}
}

// member is what is known of a name that no field knows: whether any record had a
// value there, and the type that takes all of them.
type member struct {
	has  bool
	kind crm.Type
}

// naturalType is the type of a JSON value as it stands. What may be a time or a
// number inside a text stays a text: nobody has said that it is one.
func naturalType(value []byte) crm.Type {
	switch c := value[0]; {
	case c == '{' || c == '[':
		return crm.TypeJSON
	case c == 't' || c == 'f':
		return crm.TypeBoolean
	case c == '-' || c >= '0' && c <= '9':
		return crm.TypeDecimal
	default:
		return crm.TypeText
	}
}

// take notes the value for the fields of the node, and goes into it for those
// of the names below.
func (p *Processor) take(c *node, value []byte) {
	for _, t := range c.targets {
		f := &p.found[t.field]
		switch {
		case f.value == nil || t.rank < f.rank:
			f.value, f.rank = value, t.rank
		case t.rank == f.rank:
			f.value, f.twice = value, true // the last one counts, as in every JSON parser
		}
	}
	if c.children == nil {
		return
	}
	if c.decode && len(value) > 0 && value[0] == '"' {
		value = inside(value)
	}
	p.walk(c, value, false)
}

// inside returns the JSON that the JSON string in value holds, clean; nil when
// it holds none.
func inside(value []byte) []byte {
	text, ok := rawjson.Unquote(nil, value)
	if !ok || !jsontext.Value(text).IsValid(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) {
		return nil
	}
	if dirty(text) {
		return clean(text) // Map tells of it
	}
	return text
}
