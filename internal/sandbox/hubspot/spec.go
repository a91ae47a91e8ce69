package hubspot

// form is how a property is declared: its type and the field that people fill
// in. Values are made after the form, unless a spec has a maker of its own.
type form struct{ typ, field string }

func formText() form     { return form{"string", "text"} }
func formArea() form     { return form{"string", "textarea"} }
func formPhone() form    { return form{"phone_number", "phonenumber"} }
func formJSON() form     { return form{"json", "text"} }
func formNumber() form   { return form{"number", "number"} }
func formDate() form     { return form{"date", "date"} }
func formTime() form     { return form{"datetime", "date"} }
func formBool() form     { return form{"bool", "booleancheckbox"} }
func formSelect() form   { return form{"enumeration", "select"} }
func formCheckbox() form { return form{"enumeration", "checkbox"} }
func formRollup() form   { return form{"number", "calculation_rollup"} }

// spec declares a property that is there from the start.
type spec struct {
	name       string
	form       func() form
	make       maker  // nil: after the form
	options    string // of an enumeration, parted by |
	steady     bool   // no change of the record touches it
	calculated bool   // changes only when the account recalculates
	unique     bool
	company    bool   // made by the company, not by HubSpot
	sensitive  string // the sensitivity of its data; "": non_sensitive
	refers     string // the type of object that its values name
}

// commonSpecs returns what every type has.
func (k *kind) commonSpecs() []spec {
	return []spec{
		{name: "hs_object_id", form: formNumber, make: makeID, steady: true},
		{name: k.created, form: formTime, make: makeCreated, steady: true},
		{name: k.modified, form: formTime, make: makeModified},
		{name: "hs_merged_object_ids", form: formCheckbox, make: makeMerged, steady: true},
		{name: "hubspot_owner_id", form: formSelect, make: makeOwner, refers: "OWNER"},
		{name: "hs_was_imported", form: formBool, make: makeImported, steady: true},
		{name: "num_notes", form: formRollup, calculated: true},
		{name: "external_id", form: formText, make: makeExternalID, steady: true, unique: true, company: true},
	}
}

var contactSpecs = [...]spec{
	{name: "email", form: formText, make: makeMail, steady: true, unique: true},
	{name: "firstname", form: formText, make: makeFirstName, steady: true},
	{name: "lastname", form: formText, make: makeLastName, steady: true},
	{name: "phone", form: formPhone, make: makePhone, steady: true},
	{name: "mobilephone", form: formPhone, make: makePhone},
	{name: "address", form: formText, make: makeStreet, steady: true},
	{name: "city", form: formText, make: makeCity, steady: true},
	{name: "state", form: formText, make: makeState, steady: true},
	{name: "zip", form: formText, make: makeZip, steady: true},
	{name: "country", form: formText, make: makeCountry, steady: true},
	{name: "lifecyclestage", form: formSelect, options: "subscriber|lead|opportunity|customer|other"},
	{name: "hs_lead_status", form: formSelect, options: "NEW|OPEN|IN_PROGRESS|CONNECTED|BAD_TIMING"},
	{name: "hs_email_optout", form: formBool},
	{name: "hs_calculated_merged_vids", form: formText, make: makeMergedPairs, steady: true, calculated: true},
	{name: "num_associated_deals", form: formRollup, calculated: true},
	{name: "total_revenue", form: formRollup, calculated: true},
	{name: "notes_last_contacted", form: formTime, calculated: true},
	{name: "division", form: formSelect, options: "North|South|East|West|Mid-Atlantic", company: true},
	{name: "product_interest", form: formCheckbox, options: "Bath|Roof|Windows|Gutters|Siding", company: true},
	{name: "original_lead_source", form: formArea, company: true},
	{name: "original_lead_source_created", form: formTime, company: true},
	{name: "comments", form: formArea, company: true},
	{name: "price", form: formNumber, company: true},
	{name: "lead_id", form: formNumber, company: true},
	{name: "lead_estimate_date", form: formDate, company: true},
	{name: "lead_raw", form: formJSON, company: true},
	{name: "trustedform_cert_url", form: formText, company: true},
	{name: "ssn_last_four", form: formText, company: true, sensitive: "sensitive"},
	{name: "medical_note", form: formText, company: true, sensitive: "highly_sensitive"},
}

var companySpecs = [...]spec{
	{name: "name", form: formText, make: makeCompany, steady: true},
	{name: "domain", form: formText, make: makeDomain, steady: true},
	{name: "city", form: formText, make: makeCity, steady: true},
	{name: "state", form: formText, make: makeState, steady: true},
	{name: "phone", form: formPhone, make: makePhone},
	{name: "industry", form: formSelect, options: "CONSTRUCTION|REAL_ESTATE|UTILITIES"},
	{name: "numberofemployees", form: formNumber},
	{name: "annualrevenue", form: formNumber},
	{name: "is_public", form: formBool},
	{name: "num_associated_contacts", form: formRollup, calculated: true},
}

var dealSpecs = [...]spec{
	{name: "dealname", form: formText, make: makeDealName, steady: true},
	{name: "amount", form: formNumber},
	{name: "closedate", form: formTime},
	{name: "dealstage", form: formSelect, options: "appointmentscheduled|contractsent|closedwon|closedlost"},
	{name: "pipeline", form: formSelect, options: "default|commercial", steady: true},
	{name: "dealtype", form: formSelect, options: "newbusiness|existingbusiness"},
	{name: "description", form: formArea},
	{name: "hs_is_closed_won", form: formBool, calculated: true},
	{name: "hs_closed_amount", form: formRollup, calculated: true},
	{name: "days_to_close", form: formRollup, calculated: true},
	{name: "division", form: formSelect, options: "North|South|East|West", company: true},
	{name: "hs_priority", form: formSelect, options: "low|medium|high"},
}

var ticketSpecs = [...]spec{
	{name: "subject", form: formText, steady: true},
	{name: "content", form: formArea},
	{name: "hs_pipeline", form: formSelect, options: "0", steady: true},
	{name: "hs_pipeline_stage", form: formSelect, options: "1|2|3|4"},
	{name: "hs_ticket_priority", form: formSelect, options: "LOW|MEDIUM|HIGH"},
	{name: "hs_ticket_category", form: formCheckbox, options: "PRODUCT_ISSUE|BILLING_ISSUE|FEATURE_REQUEST"},
	{name: "closed_date", form: formTime},
	{name: "time_to_close", form: formRollup, calculated: true},
}

var lineItemSpecs = [...]spec{
	{name: "name", form: formText, steady: true},
	{name: "hs_product_id", form: formNumber, steady: true},
	{name: "price", form: formNumber},
	{name: "quantity", form: formNumber},
	{name: "hs_recurring_billing_start_date", form: formDate},
	{name: "amount", form: formRollup, calculated: true},
}

var productSpecs = [...]spec{
	{name: "name", form: formText, steady: true},
	{name: "description", form: formArea},
	{name: "price", form: formNumber},
	{name: "hs_sku", form: formText, make: makeExternalID, steady: true},
	{name: "hs_cost_of_goods_sold", form: formNumber},
}

var quoteSpecs = [...]spec{
	{name: "hs_title", form: formText, steady: true},
	{name: "hs_status", form: formSelect, options: "DRAFT|PENDING_APPROVAL|APPROVED|REJECTED"},
	{name: "hs_expiration_date", form: formDate},
	{name: "hs_quote_amount", form: formRollup, calculated: true},
}

var appointmentSpecs = [...]spec{
	{name: "hs_appointment_name", form: formText, steady: true},
	{name: "hs_appointment_start", form: formTime},
	{name: "hs_appointment_end", form: formTime},
	{name: "hs_duration", form: formRollup, calculated: true},
	{name: "hs_pipeline_stage", form: formSelect, options: "scheduled|confirmed|completed|cancelled"},
	{name: "first_name", form: formText, make: makeFirstName, steady: true},
	{name: "last_name", form: formText, make: makeLastName, steady: true},
	{name: "phone1", form: formPhone, make: makePhone},
	{name: "appointment_services", form: formCheckbox, options: "Bath|Roof|Windows|Gutters", company: true},
	{name: "appointment_confirmed", form: formBool, company: true},
	{name: "date", form: formDate, company: true},
	{name: "duration", form: formNumber, company: true},
	{name: "cancel_reason", form: formText, company: true},
}

var callSpecs = [...]spec{
	{name: "hs_timestamp", form: formTime},
	{name: "hs_call_title", form: formText, steady: true},
	{name: "hs_call_duration", form: formNumber},
	{name: "hs_call_direction", form: formSelect, options: "INBOUND|OUTBOUND"},
	{name: "hs_call_body", form: formArea},
}

var emailSpecs = [...]spec{
	{name: "hs_timestamp", form: formTime},
	{name: "hs_email_subject", form: formText, steady: true},
	{name: "hs_email_direction", form: formSelect, options: "EMAIL|INCOMING_EMAIL|FORWARDED_EMAIL"},
	{name: "hs_email_text", form: formArea},
}

var meetingSpecs = [...]spec{
	{name: "hs_timestamp", form: formTime},
	{name: "hs_meeting_title", form: formText, steady: true},
	{name: "hs_meeting_start_time", form: formTime},
	{name: "hs_meeting_end_time", form: formTime},
	{name: "hs_meeting_outcome", form: formSelect, options: "SCHEDULED|COMPLETED|NO_SHOW|CANCELED"},
}

var noteSpecs = [...]spec{
	{name: "hs_timestamp", form: formTime},
	{name: "hs_note_body", form: formArea},
}

var taskSpecs = [...]spec{
	{name: "hs_timestamp", form: formTime},
	{name: "hs_task_subject", form: formText, steady: true},
	{name: "hs_task_status", form: formSelect, options: "NOT_STARTED|IN_PROGRESS|COMPLETED"},
	{name: "hs_task_is_overdue", form: formBool, calculated: true},
}

var customSpecs = [...]spec{
	{name: "name", form: formText, make: makeCity, steady: true, company: true},
	{name: "status", form: formSelect, options: "Active|Inactive", company: true},
	{name: "region", form: formText, make: makeState, steady: true, company: true},
	{name: "manager_email", form: formText, make: makeMail, company: true},
	{name: "user_status_inactive", form: formBool, company: true},
	{name: "title_id", form: formNumber, company: true},
}
