package hubspot

import "slices"

// Property describes a property that is added to a type.
type Property struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`      // string, number, date, datetime, enumeration, bool, json ...
	FieldType  string   `json:"fieldType"` // text, textarea, checkbox ...
	Options    []string `json:"options"`   // of an enumeration
	Calculated bool     `json:"calculated"`
	Sensitive  string   `json:"dataSensitivity"` // "": non_sensitive
}

// AddProperty adds a property to a type, or puts it in the place of the one of
// that name. Records have values for it at once; their modified times stay. It
// is false for a type that is not there and a property without a name.
func (a *Account) AddProperty(typ string, p Property) bool {
	if p.Name == "" {
		return false
	}
	return a.define(typ, func(t *table, now int64) bool {
		made := newProperty(spec{
			name: p.Name, form: func() form { return form{p.Type, p.FieldType} }, calculated: p.Calculated, company: true, sensitive: p.Sensitive,
		}, now)
		made.options = slices.Clone(p.Options)
		t.properties = slices.DeleteFunc(slices.Clone(t.properties), func(old *property) bool { return old.name == p.Name })
		t.properties = append(t.properties, made)
		slices.SortFunc(t.properties, byName)
		return true
	})
}

// RetypeProperty declares a property to be of another type. Its values stay what
// they are. It is false when there is none.
func (a *Account) RetypeProperty(typ, name, newType, fieldType string) bool {
	return a.redefine(typ, name, func(p *property, _ int64) { p.form = form{newType, fieldType} })
}

// ArchiveProperty takes a property away: its values come no more. It is false
// when there is none.
func (a *Account) ArchiveProperty(typ, name string) bool {
	return a.redefine(typ, name, func(p *property, now int64) { p.archived = now })
}

// RestoreProperty brings an archived property back, with its values. It is false
// when there is none.
func (a *Account) RestoreProperty(typ, name string) bool {
	return a.redefine(typ, name, func(p *property, _ int64) { p.archived = 0 })
}

func (a *Account) redefine(typ, name string, do func(p *property, now int64)) bool {
	return a.define(typ, func(t *table, now int64) bool {
		i := slices.IndexFunc(t.properties, func(p *property) bool { return p.name == name })
		if i < 0 {
			return false
		}
		changed := *t.properties[i]
		changed.updated = now
		do(&changed, now)
		t.properties = slices.Clone(t.properties)
		t.properties[i] = &changed
		return true
	})
}

func (a *Account) define(typ string, do func(t *table, now int64) bool) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.byName[typ]
	return t != nil && do(t, a.now())
}
