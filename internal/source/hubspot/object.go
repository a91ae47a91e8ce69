package hubspot

import "strings"

// object is one type of record.
type object struct {
	name     string // contacts: the plural, and the name of the stream
	singular string // contact
	typeID   string // 0-1
	path     string // how addresses name it
	created  string // the property with the time of creation
	modified string // the property with the time of the last change
	title    string // one line for people
}

// The properties that tell when a record was changed: contacts have a name of their
// own, and a filter by the other one finds all of them or none.
const (
	contactModified = "lastmodifieddate"
	otherModified   = "hs_lastmodifieddate"
)

const propertyID = "hs_object_id"

// standardObjects are the types that HubSpot has, as far as they are streams.
func standardObjects() []object {
	list := []object{
		{name: "contacts", singular: "contact", typeID: "0-1", modified: contactModified, created: "createdate", title: "people"},
		{name: "companies", singular: "company", typeID: "0-2", created: "createdate"},
		{name: "deals", singular: "deal", typeID: "0-3", created: "createdate"},
		{name: "tickets", singular: "ticket", typeID: "0-5", created: "createdate", title: "tickets of the help desk"},
		{name: "products", singular: "product", typeID: "0-7", created: "createdate", title: "products of the library"},
		{name: "line_items", singular: "line_item", typeID: "0-8", created: "createdate", title: "products of a deal or a quote"},
		{name: "quotes", singular: "quote", typeID: "0-14"},
		{name: "appointments", singular: "appointment", typeID: "0-421", path: "0-421"},
		{name: "calls", singular: "call", typeID: "0-48", title: "calls that were logged"},
		{name: "emails", singular: "email", typeID: "0-49", title: "e-mails that were logged"},
		{name: "meetings", singular: "meeting", typeID: "0-47", title: "meetings that were logged"},
		{name: "notes", singular: "note", typeID: "0-46"},
		{name: "tasks", singular: "task", typeID: "0-27"},
	}
	for i := range list {
		list[i] = list[i].complete()
	}
	return list
}

// customObject is a type that the company made.
func customObject(name, typeID string) object {
	return object{name: name, singular: singularOf(name), typeID: typeID, path: typeID, title: "records of the type " + typeID}.complete()
}

func (o object) complete() object {
	for _, text := range []struct {
		field *string
		usual string
	}{
		{&o.path, o.name}, {&o.created, "hs_createdate"}, {&o.modified, otherModified}, {&o.title, strings.ReplaceAll(o.name, "_", " ")},
	} {
		if *text.field == "" {
			*text.field = text.usual
		}
	}
	return o
}

// singularOf makes project of projects and company of companies.
func singularOf(plural string) string {
	if stem, ok := strings.CutSuffix(plural, "ies"); ok && stem != "" {
		return stem + "y"
	}
	if stem, ok := strings.CutSuffix(plural, "s"); ok && stem != "" && !strings.HasSuffix(stem, "s") {
		return stem
	}
	return plural
}
