package hubspot

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// property is one property of a type of object. It is never written to: a
// change puts another in its place.
type property struct {
	name, label, description string
	form                     form
	options                  []string
	make                     maker
	steady                   bool // no change of the record touches it
	calculated               bool
	unique                   bool
	company                  bool // made by the company, not by HubSpot
	sensitivity              string
	refers                   string
	created, updated         int64 // ms since 1970
	archived                 int64 // 0: it is not

	key uint64 // what tells it apart when values are drawn
}

// nonSensitive is the sensitivity that lists of properties show unless asked.
const nonSensitive = "non_sensitive"

func newProperty(s spec, now int64) *property {
	p := &property{
		name: s.name, label: labelOf(s.name), form: s.form(), make: s.make, steady: s.steady, calculated: s.calculated, unique: s.unique,
		company: s.company, sensitivity: s.sensitive, refers: s.refers, created: now, updated: now, key: keyOf(s.name),
	}
	if s.options != "" {
		p.options = strings.Split(s.options, "|")
	}
	if p.sensitivity == "" {
		p.sensitivity = nonSensitive
	}
	if p.make == nil {
		p.make = makerOf(p.form)
	}
	return p
}

func keyOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}

// labelOf makes "Lead estimate date" of lead_estimate_date.
func labelOf(name string) string {
	text := strings.ReplaceAll(strings.TrimPrefix(name, "hs_"), "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// phases is how many changes of a record it takes until each of its properties
// has another value.
const phases = 4

// generation says which value of the property a record has: the values of one
// generation are the same.
func (p *property) generation(o *object) uint64 {
	switch {
	case p.steady:
		return 0
	case p.calculated:
		return uint64(o.calculated)
	}
	return p.at(o.version)
}

// at is the generation of a property that follows the record's version.
func (p *property) at(version uint32) uint64 { return (uint64(version) + p.key%phases) / phases }

// filler is a property beyond the usual ones, as a company of some years has
// them by the hundred.
func filler(n int, now int64) *property {
	forms := [...]func() form{formText, formNumber, formSelect, formTime, formBool, formText, formDate, formArea, formCheckbox, formText}
	s := spec{name: "lead_field_" + strconv.Itoa(n), form: forms[n%len(forms)], company: true, calculated: n%23 == 7}
	if s.form().typ == "enumeration" {
		s.options = "Yes|No|Maybe|Not asked"
	}
	return newProperty(s, now)
}

// properties returns what the kind has at the start, in the order of names.
func (c *Config) properties(k *kind) []*property {
	now := c.Start.Add(-history).UnixMilli()
	specs := append(k.commonSpecs(), k.specs...)
	list := make([]*property, 0, max(len(specs), c.Properties))
	for _, s := range specs {
		list = append(list, newProperty(s, now))
	}
	if k.name == "contacts" {
		for n := 1; len(list) < c.Properties; n++ {
			list = append(list, filler(n, now))
		}
	}
	slices.SortFunc(list, byName)
	return list
}

func byName(a, b *property) int { return strings.Compare(a.name, b.name) }

// append appends the property's JSON as the API of properties has it.
func (p *property) append(dst []byte) []byte {
	dst = appendText(append(dst, `{"updatedAt":`...), isoTime(p.updated))
	dst = appendText(append(dst, `,"createdAt":`...), isoTime(p.created))
	dst = appendText(append(dst, `,"name":`...), p.name)
	dst = appendText(append(dst, `,"label":`...), p.label)
	dst = appendText(append(dst, `,"type":`...), p.form.typ)
	dst = appendText(append(dst, `,"fieldType":`...), p.form.field)
	dst = appendText(append(dst, `,"description":`...), p.description)
	dst = append(dst, `,"groupName":"information","options":[`...)
	for i, option := range p.options {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"label":`...), labelOf(strings.ToLower(option)))
		dst = appendText(append(dst, `,"value":`...), option)
		dst = strconv.AppendInt(append(dst, `,"displayOrder":`...), int64(i), 10)
		dst = append(dst, `,"hidden":false}`...)
	}
	dst = append(dst, ']')
	if p.refers != "" {
		dst = appendText(append(dst, `,"referencedObjectType":`...), p.refers)
	}
	dst = append(dst, `,"displayOrder":-1`...)
	for _, flag := range []struct {
		name string
		on   bool
	}{
		{"calculated", p.calculated},
		{"externalOptions", p.refers != ""},
		{"archived", p.archived != 0},
		{"hasUniqueValue", p.unique},
		{"hidden", false},
		{"hubspotDefined", !p.company},
		{"formField", p.company},
	} {
		dst = append(append(append(dst, `,"`...), flag.name...), `":`...)
		dst = strconv.AppendBool(dst, flag.on)
	}
	if p.archived != 0 {
		dst = appendText(append(dst, `,"archivedAt":`...), isoTime(p.archived))
	}
	dst = strconv.AppendBool(append(dst, `,"modificationMetadata":{"archivable":`...), p.company)
	dst = strconv.AppendBool(append(dst, `,"readOnlyDefinition":`...), !p.company)
	dst = strconv.AppendBool(append(dst, `,"readOnlyValue":`...), p.calculated)
	dst = appendText(append(dst, `},"dataSensitivity":`...), p.sensitivity)
	return append(dst, '}')
}
