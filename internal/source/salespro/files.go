package salespro

import "github.com/warren-sync/warren/internal/crm"

// users and offices are exports of the vendor's dashboard. Members of a record are
// named as the headers of the file.

func users() crm.Stream {
	named := func(column, header string, t crm.Type) crm.Field {
		return crm.Field{Column: column, Paths: []string{header}, Type: t}
	}
	flag := func(column, header, otherwise string) crm.Field {
		return crm.Field{Column: column, Paths: []string{header}, Type: crm.TypeBoolean, NotNull: true, Default: otherwise}
	}
	email := named("email", "email", crm.TypeText)
	email.Rule.Type = "email"
	phone := named("phone_number", "phoneNumber", crm.TypeText)
	phone.Rule.Type = "phone"
	return crm.Stream{
		Name: "users", Aliases: []string{"user"}, Title: "users, from the dashboard's CSV export", FromFile: true,
		Table: "ingestion_salespro_user", TableAliases: []string{"salespro_user"}, HistoryName: "users",
		OldCommands: []string{"csv_salespro_users"},
		PrimaryKey:  []string{"user_object_id"}, Cursor: "updated",
		Indexes: [][]string{{"username"}, {"email"}, {"company_id"}},
		Fields: []crm.Field{
			required(named("user_object_id", "objectId", crm.TypeText)),
			named("username", "username", crm.TypeText), named("first_name", "nameFirst", crm.TypeText), named("last_name", "nameLast", crm.TypeText),
			email, phone,
			flag("is_active", "isActive", "true"), flag("is_manager", "isManager", "false"),
			flag("is_available_to_call", "isAvailableToCall", "false"), flag("can_activate_users", "canActivateUsers", "false"),
			flag("can_change_settings", "canChangeSettings", "false"), flag("can_submit_credit_apps", "canSubmitCreditApps", "false"),
			flag("disable_change_company", "disableChangeCompany", "false"),
			named("company_id", "company", crm.TypeText), named("selected_office", "selectedOffice", crm.TypeText),
			named("allowed_offices", "allowedOffices", crm.TypeText), named("identifier", "identifier", crm.TypeText),
			named("license_number", "licenseNumber", crm.TypeText),
			named("created", "createdAt", crm.TypeTimestamp), named("updated", "updatedAt", crm.TypeTimestamp),
			named("last_login_date", "lastLoginDate", crm.TypeTimestamp), named("deactivated_date", "deactivatedDate", crm.TypeTimestamp),
		},
	}
}

func offices() crm.Stream {
	named := func(column string, t crm.Type, headers ...string) crm.Field {
		return crm.Field{Column: column, Paths: headers, Type: t}
	}
	return crm.Stream{
		Name: "offices", Aliases: []string{"office"}, Title: "offices, from the dashboard's CSV export", FromFile: true,
		Table: "ingestion_salespro_office", TableAliases: []string{"salespro_office"}, HistoryName: "offices",
		OldCommands: []string{"csv_salespro_offices"},
		PrimaryKey:  []string{"office_id"}, Cursor: "updated",
		Indexes: [][]string{{"company_id"}, {"name"}},
		Fields: []crm.Field{
			required(named("office_id", crm.TypeText, "objectId", "office_id")),
			named("name", crm.TypeText, "name"), named("company_id", crm.TypeText, "company", "company_id"),
			named("company_name", crm.TypeText, "companyName", "company_name"),
			{
				Column: "can_search_all_estimates", Paths: []string{"canSearchAllEstimates", "can_search_all_estimates"}, Type: crm.TypeBoolean,
				NotNull: true, Default: "false",
			},
			named("last_edit_user", crm.TypeText, "lastEditUser", "last_edit_user"),
			named("created", crm.TypeTimestamp, "createdAt", "created"), named("updated", crm.TypeTimestamp, "updatedAt", "updated"),
			named("last_edit_date", crm.TypeTimestamp, "lastEditDate", "last_edit_date"),
		},
	}
}
