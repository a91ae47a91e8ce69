package hubspot

// kind is one type of object.
type kind struct {
	name     string // the plural, as paths have it
	singular string
	typeID   string
	created  string   // the property with the time of creation
	modified string   // the property with the time of the last change
	event    string   // how names of webhook events begin
	per      int      // so many contacts for each one of it, at the start
	defaults []string // properties that come when none is named
	specs    []spec   // properties beside those that every type has
	number   int      // its place among all kinds
}

// The properties that tell when a record was changed. Contacts have a name of
// their own for it.
const (
	contactModified = "lastmodifieddate"
	otherModified   = "hs_lastmodifieddate"
)

func standardKinds() []kind {
	engagement := func(name, singular, typeID string, specs []spec) kind {
		return kind{name: name, singular: singular, typeID: typeID, created: "hs_createdate", per: 4, specs: specs}
	}
	kinds := []kind{
		{name: "contacts", singular: "contact", typeID: "0-1", created: "createdate", modified: contactModified, event: "contact", per: 1,
			defaults: []string{"email", "firstname", "lastname"}, specs: contactSpecs[:]},
		{name: "companies", singular: "company", typeID: "0-2", created: "createdate", event: "company", per: 10,
			defaults: []string{"domain", "name"}, specs: companySpecs[:]},
		{name: "deals", singular: "deal", typeID: "0-3", created: "createdate", event: "deal", per: 4,
			defaults: []string{"amount", "closedate", "dealname", "dealstage", "pipeline"}, specs: dealSpecs[:]},
		{name: "tickets", singular: "ticket", typeID: "0-5", created: "createdate", event: "ticket", per: 20,
			defaults: []string{"content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority", "subject"}, specs: ticketSpecs[:]},
		{name: "line_items", singular: "line_item", typeID: "0-8", created: "createdate", event: "line_item", per: 3,
			defaults: []string{"amount", "name", "quantity"}, specs: lineItemSpecs[:]},
		{name: "products", singular: "product", typeID: "0-7", created: "createdate", event: "product", per: 200,
			defaults: []string{"description", "name", "price"}, specs: productSpecs[:]},
		{name: "quotes", singular: "quote", typeID: "0-14", created: "hs_createdate", per: 10,
			defaults: []string{"hs_expiration_date", "hs_status", "hs_title"}, specs: quoteSpecs[:]},
		{name: "appointments", singular: "appointment", typeID: "0-421", created: "hs_createdate", per: 3,
			defaults: []string{"hs_appointment_name", "hs_appointment_start"}, specs: appointmentSpecs[:]},
		engagement("calls", "call", "0-48", callSpecs[:]),
		engagement("emails", "email", "0-49", emailSpecs[:]),
		engagement("meetings", "meeting_event", "0-47", meetingSpecs[:]),
		engagement("notes", "note", "0-46", noteSpecs[:]),
		engagement("tasks", "task", "0-27", taskSpecs[:]),
	}
	return kinds
}

// kinds returns all types of the account, those of HubSpot first.
func (c *Config) kinds() []kind {
	kinds := standardKinds()
	for _, custom := range c.Custom {
		kinds = append(kinds, kind{
			name: custom.Name, singular: custom.Singular, typeID: custom.TypeID, created: "hs_createdate", per: 50, specs: customSpecs[:],
		})
	}
	for i := range kinds {
		k := &kinds[i]
		k.number = i
		if k.modified == "" {
			k.modified = otherModified
		}
		if k.event == "" {
			k.event = "object"
		}
	}
	return kinds
}

// custom reports whether the company made the type.
func (k *kind) custom() bool { return k.typeID[0] == '2' }

// Ids of contacts pass from ten digits to eleven among the first fifty: who
// compares ids as texts goes astray. No id fits into 32 bits.
const (
	firstContactID = 9_999_999_951
	idsPerKind     = 1_000_000_000
)

func (k *kind) id(row int) int64 { return firstContactID + int64(k.number)*idsPerKind + int64(row) }

// row returns the place of the record with that id, if it is one of so many.
func (k *kind) row(id int64, count int) (int, bool) {
	row := id - k.id(0)
	return int(row), row >= 0 && row < int64(count)
}
