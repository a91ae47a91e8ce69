package salesrabbit

import "github.com/warren-sync/warren/internal/crm"

// Columns and tables are the old system's, to the letter: dashboards and SQL
// of the people who use them go on working.

func leads() crm.Stream {
	address := func(column, name string, rule crm.Rule) crm.Field {
		return crm.Field{Column: column, Paths: []string{name, "address." + name}, Type: crm.TypeText, Rule: rule}
	}
	return crm.Stream{
		Name: "leads", Aliases: []string{"lead"}, Title: "door-to-door leads",
		Table: "ingestion_salesrabbit_lead", TableAliases: []string{"salesrabbit_lead"},
		PrimaryKey: []string{"id"}, Cursor: "date_modified", Deleted: "deleted_at", Incremental: true,
		Indexes:   [][]string{{"date_modified"}, {"email"}, {"status"}, {"campaign_id"}, {"user_id"}},
		RecordURL: "https://app.salesrabbit.com/leads/{id}",
		Unmapped:  []string{"integrationData", "address", "coordinates"}, Custom: "customFields",
		Fields: []crm.Field{
			{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
			text("first_name", "firstName"), text("last_name", "lastName"), text("business_name", "businessName"),
			ruled("email", "email", "email"),
			ruled("phone_primary", "phonePrimary", "phone"), ruled("phone_alternate", "phoneAlternate", "phone"),
			address("street1", "street1", crm.Rule{}), address("street2", "street2", crm.Rule{}),
			address("city", "city", crm.Rule{}), address("state", "state", crm.Rule{Type: "state"}),
			address("zip", "zip", crm.Rule{Type: "zip_code"}), address("country", "country", crm.Rule{}),
			coordinate("latitude", "90"), coordinate("longitude", "180"),
			text("status", "status"), timestamp("status_modified", "statusModified"),
			text("notes", "notes"), text("appointment", "appointment"),
			{Column: "files", Paths: []string{"files"}, Type: crm.TypeJSON},
			integer("campaign_id", "campaignId"), integer("user_id", "userId"), text("user_name", "userName"),
			timestamp("date_created", "dateCreated"), timestamp("date_modified", "dateModified"),
			timestamp("owner_modified", "ownerModified"), timestamp("deleted_at", "deletedAt"),
			date("date_of_birth", "dateOfBirth"),
			{Column: "custom_fields", Paths: []string{"customFields"}, Type: crm.TypeJSON, DecodeText: true, EmptyObject: true},
		},
	}
}

func users() crm.Stream {
	return crm.Stream{
		Name: "users", Aliases: []string{"user"}, Title: "sales representatives and other users",
		Table: "ingestion_salesrabbit_user", TableAliases: []string{"salesrabbit_user"},
		PrimaryKey: []string{"id"}, Cursor: "date_modified",
		Indexes: [][]string{{"date_modified"}, {"email"}, {"active"}, {"org_id"}, {"supervisor_id"}, {"department"}, {"role"}},
		Fields: []crm.Field{
			{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
			text("first_name", "firstName"), text("last_name", "lastName"),
			ruled("email", "email", "email"), ruled("phone", "phone", "phone"),
			{Column: "active", Paths: []string{"active"}, Type: crm.TypeBoolean, NotNull: true, Default: "true"},
			date("hire_date", "hireDate"),
			text("business_unit", "businessUnit"), text("department", "department"), text("role", "role"),
			text("office", "office"), text("team", "team"), text("region", "region"),
			integer("org_id", "orgId"), integer("supervisor_id", "supervisorId"), integer("recruiter_id", "recruiterId"),
			integer("cms_id", "cmsId"), integer("lead_rep_cms_id", "leadRepCmsId"),
			ruled("photo_url", "photo_url", "url"),
			{Column: "external_ids", Paths: []string{"externalIds"}, Type: crm.TypeJSON},
			timestamp("date_created", "dateCreated"), timestamp("date_modified", "dateModified"),
		},
		Unmapped: []string{"fullName"},
	}
}

func leadStatuses() crm.Stream {
	return crm.Stream{
		Name: "leadStatuses", Aliases: []string{"leadStatus"}, Title: "the organisation's own names of lead statuses",
		Table: "ingestion_salesrabbit_lead_status", PrimaryKey: []string{"id"}, Optional: true,
		Fields: []crm.Field{
			{Column: "id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
			text("name", "name"), text("abbreviation", "abbreviation"),
			{Column: "active", Paths: []string{"active"}, Type: crm.TypeBoolean},
		},
	}
}

// leadStatusHistories: an event has no id of its own. Its id is that of the
// status, which comes again whenever a lead goes back to it; only with the
// lead and the time does it name one event.
func leadStatusHistories() crm.Stream {
	return crm.Stream{
		Name: "leadStatusHistories", Aliases: []string{"leadStatusHistory"}, Title: "which lead had which status since when",
		Table:      "ingestion_salesrabbit_lead_status_history",
		PrimaryKey: []string{"lead_id", "status_id", "status_updated"}, Cursor: "status_updated",
		Incremental: true, Optional: true,
		Indexes: [][]string{{"status_updated"}},
		Fields: []crm.Field{
			{Column: "lead_id", Paths: []string{leadIDMember}, Type: crm.TypeInteger, NotNull: true},
			{Column: "status_id", Paths: []string{"id"}, Type: crm.TypeInteger, NotNull: true},
			{Column: "status_updated", Paths: []string{"statusUpdated"}, Type: crm.TypeTimestamp, NotNull: true},
			text("name", "name"), text("abbreviation", "abbreviation"),
			{Column: "active", Paths: []string{"active"}, Type: crm.TypeBoolean},
			integer("changed_by_user_id", "changedByUserId"),
			timestamp("lead_created", "leadCreated"), timestamp("lead_modified", "leadModified"),
		},
	}
}

func text(column, name string) crm.Field {
	return crm.Field{Column: column, Paths: []string{name}, Type: crm.TypeText}
}

func ruled(column, name, rule string) crm.Field {
	f := text(column, name)
	f.Rule.Type = rule
	return f
}

func integer(column, name string) crm.Field {
	return crm.Field{Column: column, Paths: []string{name}, Type: crm.TypeInteger}
}

func timestamp(column, name string) crm.Field {
	return crm.Field{Column: column, Paths: []string{name}, Type: crm.TypeTimestamp}
}

func date(column, name string) crm.Field {
	return crm.Field{Column: column, Paths: []string{name}, Type: crm.TypeDate}
}

// coordinate is a latitude or longitude: flat, or nested as the specification
// has it, and never beyond the globe.
func coordinate(column, bound string) crm.Field {
	return crm.Field{
		Column: column, Paths: []string{column, "coordinates." + column}, Type: crm.TypeDecimal,
		Rule: crm.Rule{Type: "decimal", Min: "-" + bound, Max: bound},
	}
}
