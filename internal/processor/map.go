package processor

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// Map fills in the values of a row that Identify has made, and appends to
// issues what is wrong with them (L5). A record that breaks a strict rule is
// returned as a reject.
func (p *Processor) Map(row *crm.Row, issues []crm.Issue) ([]crm.Issue, *crm.Reject) {
	p.clear()
	p.met = false
	p.walk(p.root, row.Raw, true)
	if reject := p.refused(row); reject != nil {
		return issues, reject
	}
	if row.Dirty != nil {
		issues = p.cleaned(row, issues)
	}
	row.Values = p.values.take(len(p.fields))
	for i := range p.fields {
		f, at := &p.fields[i], &p.found[i]
		if f.Of != "" {
			continue // it has what its field could not take
		}
		if at.twice {
			issues = append(issues, p.issue(row, f, at.value, "duplicate",
				"stands in the record more than once; the last one counts", crm.EffectKept))
		}
		v, problem := typed(f.Field, at.value)
		if problem == "" && i == p.cursor && p.beyond(v) {
			v, problem = crm.Value{}, "lies in the future; it would keep out every later version of the record"
		}
		if problem != "" && !v.Valid && problem != wasDirty && p.elsewhere(row, i, at.value) {
			continue
		}
		if problem != "" {
			rule, effect := "type", crm.EffectNulled
			if !v.Valid && problem != wasDirty {
				p.bad[i] = true
				if f.OnBad == crm.ReactFreeze || f.OnBad == crm.ReactQuarantine {
					return issues, p.outOfContract(row, f.OnBad, f.Paths[0], at.value, f.Paths[0]+" "+problem)
				}
			}
			switch {
			case problem == wasDirty:
				rule, effect = "encoding", crm.EffectCleaned
			case f.Strict:
				return issues, p.reject(row, f, at.value, problem)
			case v.Valid:
				effect = crm.EffectKept
			}
			issues = append(issues, p.issue(row, f, at.value, rule, problem, effect))
			row.Values[i] = v
			continue
		}
		if problem = p.broken(f, v, at.value); problem != "" {
			if f.Strict {
				return issues, p.reject(row, f, at.value, problem)
			}
			effect := crm.EffectKept
			if f.Type != crm.TypeText && f.Type != crm.TypeJSON {
				// A text keeps what the source said; a typed column must not
				// hold a value that makes no sense, such as a latitude of 999.
				v, effect = crm.Value{}, crm.EffectNulled
			}
			issues = append(issues, p.issue(row, f, at.value, f.Rule.Type, problem, effect))
		} else if f.normalize != nil && v.Valid && v.Type == crm.TypeText {
			if text, ok := f.normalize(v.Bytes); ok {
				v.Bytes = text
			}
		}
		row.Values[i] = v
	}
	return issues, nil
}

// elsewhere puts the value of a field that cannot take it into one that can.
func (p *Processor) elsewhere(row *crm.Row, i int, raw []byte) bool {
	for _, other := range p.others[i] {
		if v, problem := typed(p.fields[other].Field, raw); problem == "" && v.Valid {
			row.Values[other] = v
			return true
		}
	}
	return false
}

// refused returns the reject of a record that has a value where the stream's
// contract wants none.
func (p *Processor) refused(row *crm.Row) *crm.Reject {
	if at := p.found[len(p.fields)].value; at != nil && string(at) != "null" {
		return p.outOfContract(row, crm.ReactQuarantine, "", at, "has a value in a field that is new")
	}
	if !p.met || p.stream.NewField != crm.ReactFreeze && p.stream.NewField != crm.ReactQuarantine {
		return nil
	}
	return p.outOfContract(row, p.stream.NewField, "", nil, "has fields that nobody has seen before: "+strings.Join(p.Unknown(), ", "))
}

// outOfContract is the reject of a record that is not what the stream's contract
// allows; where that is to freeze, it fails the run.
func (p *Processor) outOfContract(row *crm.Row, reaction crm.Reaction, field string, value []byte, why string) *crm.Reject {
	received := row.Raw
	if row.Dirty != nil {
		received = row.Dirty
	}
	return &crm.Reject{
		ID: row.ID, Raw: received, Code: crm.CodeSchema, Field: field, Value: shown(value), Cursor: row.Cursor,
		Reason: why + ", and the stream's contract is to " + string(reaction), Freeze: reaction == crm.ReactFreeze,
	}
}

// broken returns what the field's rule says against the value, or "".
func (p *Processor) broken(f *field, v crm.Value, raw []byte) string {
	if f.check == nil {
		return ""
	}
	var text []byte
	if v.Valid {
		var isString bool
		if text, isString = rawjson.Unquote(nil, raw); !isString {
			text = raw
		}
	}
	if len(text) == 0 && !f.Rule.Required {
		return ""
	}
	if err := f.check(text); err != nil {
		return err.Error()
	}
	return ""
}

// cleaned appends an issue for each member of the record that held characters
// no database takes.
func (p *Processor) cleaned(row *crm.Row, issues []crm.Issue) []crm.Issue {
	rawjson.Members(row.Dirty, func(name, value []byte) bool {
		if dirty(value) || dirty(name) {
			issues = append(issues, crm.Issue{
				RecordID: row.ID, Field: unquoteName(clean(name)), Value: cut(value), Rule: "encoding",
				Message: "holds a NUL, half of a surrogate pair or bytes that are not UTF-8; they are replaced by U+FFFD",
				Effect:  crm.EffectCleaned,
			})
		}
		return true
	})
	return issues
}

func (p *Processor) issue(row *crm.Row, f *field, raw []byte, rule, message string, effect crm.Effect) crm.Issue {
	return crm.Issue{
		RecordID: row.ID, Field: f.Paths[0], Column: f.Column, Value: shown(raw),
		Rule: rule, Message: message, Effect: effect,
	}
}

func (p *Processor) reject(row *crm.Row, f *field, raw []byte, problem string) *crm.Reject {
	received := row.Raw
	if row.Dirty != nil {
		received = row.Dirty
	}
	return &crm.Reject{
		ID: row.ID, Raw: received, Code: crm.CodeBrokenRule, Field: f.Paths[0], Value: shown(raw), Cursor: row.Cursor,
		Reason: fmt.Sprintf("%s %s, and the field is set to strict", f.Paths[0], problem),
	}
}

// shown returns a JSON value as people know it: a string without its quotes.
func shown(raw []byte) string {
	if text, ok := rawjson.Unquote(nil, raw); ok {
		return cut(text)
	}
	return cut(raw)
}
