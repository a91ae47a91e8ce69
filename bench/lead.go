package main

import "strings"

// leadTable is the name of the table, the same for all contenders.
const leadTable = "ingestion_salesrabbit_lead"

// kind says how a value becomes a column.
type kind uint8

const (
	kindText kind = iota
	kindInteger
	kindNumber
	kindTime // an instant or a day
	kindJSON
	kindRecord // the whole record
)

// column is one of the specification's table of leads.
type column struct {
	name     string
	member   string // of the record
	kind     kind
	postgres string // the type that the specification gives it
}

// columns are those of the specification, without its bookkeeping: every
// column that a record fills.
func columns() []column {
	text := func(name, member, length string) column {
		return column{name, member, kindText, "varchar(" + length + ")"}
	}
	stamp := func(name, member string) column { return column{name, member, kindTime, "timestamptz"} }
	return []column{
		{"id", "id", kindInteger, "bigint PRIMARY KEY"},
		text("first_name", "firstName", "255"), text("last_name", "lastName", "255"), text("business_name", "businessName", "255"),
		text("email", "email", "254"), text("phone_primary", "phonePrimary", "20"), text("phone_alternate", "phoneAlternate", "20"),
		text("street1", "street1", "255"), text("street2", "street2", "255"), text("city", "city", "100"),
		text("state", "state", "50"), text("zip", "zip", "20"), text("country", "country", "100"),
		{"latitude", "latitude", kindNumber, "decimal(10,8)"}, {"longitude", "longitude", kindNumber, "decimal(11,8)"},
		text("status", "status", "100"), stamp("status_modified", "statusModified"),
		{"notes", "notes", kindText, "text"}, {"appointment", "appointment", kindText, "text"}, {"files", "files", kindJSON, "jsonb"},
		{"campaign_id", "campaignId", kindInteger, "bigint"}, {"user_id", "userId", kindInteger, "bigint"}, text("user_name", "userName", "255"),
		stamp("date_created", "dateCreated"), stamp("date_modified", "dateModified"),
		stamp("owner_modified", "ownerModified"), stamp("deleted_at", "deletedAt"),
		{"date_of_birth", "dateOfBirth", kindTime, "date"}, {"custom_fields", "customFields", kindJSON, "jsonb"},
		{"data", "", kindRecord, "jsonb NOT NULL"},
	}
}

// indexed lists the columns that the specification indexes.
func indexed() []string {
	return []string{"date_modified", "email", "status", "campaign_id", "user_id"}
}

// names returns the columns' names as a list in SQL, each with a prefix.
func names(prefix string) string {
	var list []string
	for _, c := range columns() {
		list = append(list, prefix+c.name)
	}
	return strings.Join(list, ", ")
}

// assignments returns what an upsert does with a row that is there.
func assignments() string {
	var list []string
	for _, c := range columns()[1:] {
		list = append(list, c.name+" = excluded."+c.name)
	}
	return strings.Join(list, ", ")
}

// createIndexes returns the statements that make the table's indexes.
func createIndexes() []string {
	var list []string
	for _, name := range indexed() {
		list = append(list, "CREATE INDEX "+leadTable+"_"+name+" ON "+leadTable+" ("+name+")")
	}
	return list
}
