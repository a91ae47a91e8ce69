package salespro

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Columns and tables are the old system's, to the letter: dashboards and SQL of
// the people who use them go on working. Members of a record are named as the
// columns of the share.

// shareLag is how late a change may come into the share: when it is refreshed is
// not known.
const shareLag = 24 * time.Hour

// table is a stream that has a time of change and a key.
func table(name, title, table, alias, key string, fields ...crm.Field) crm.Stream {
	return crm.Stream{
		Name: name, Title: title, Table: table, TableAliases: []string{alias},
		PrimaryKey: []string{key}, Cursor: "updated_at", Incremental: true, Lag: shareLag,
		Indexes: [][]string{{"updated_at"}},
		Fields:  append([]crm.Field{required(text(key))}, append(fields, timestamp("created_at"), timestamp("updated_at"))...),
	}
}

// computed is a stream without a key, whose rows are made anew by the vendor.
func computed(name, title, table, alias string, fields ...crm.Field) crm.Stream {
	return crm.Stream{
		Name: name, Title: title, Table: table, TableAliases: []string{alias},
		PrimaryKey: []string{hashMember}, Snapshot: true, Optional: true,
		Fields: append([]crm.Field{required(text(hashMember))}, fields...),
	}
}

func customer() crm.Stream {
	s := table("customer", "customers", "ingestion_salespro_customer", "salespro_customer", "customer_id",
		text("estimate_id"), text("company_id"), text("company_name"), text("customer_first_name"), text("customer_last_name"),
		text("crm_source"), text("crm_source_id"))
	s.Aliases = []string{"customers"}
	s.RecordURL = "https://app.salespro.com/customer/{id}"
	s.OldCommands = []string{"db_salespro_customer", "db_salespro_customers"}
	return s
}

func estimate() crm.Stream {
	s := table("estimate", "estimates", "ingestion_salespro_estimate", "salespro_estimate", "estimate_id",
		text("company_id"), text("company_name"), text("office_id"), text("office_name"),
		text("sales_rep_id"), text("sales_rep_first_name"), text("sales_rep_last_name"),
		text("customer_id"), text("customer_first_name"), text("customer_last_name"),
		text("street_address"), text("city"), ruled("state", "state"), ruled("zip_code", "zip_code"),
		decimal("sale_amount"), flag("is_sale"), text("job_type"), decimal("finance_amount"),
		text("bank_name"), text("loan_name"), decimal("down_payment"), flag("has_credit_app"), integer("document_count"))
	s.Aliases = []string{"estimates"}
	s.Indexes = append(s.Indexes, []string{"customer_id"})
	s.OldCommands = []string{"db_salespro_estimate", "db_salespro_estimates"}
	return s
}

func creditApplications() crm.Stream {
	s := table("credit_applications", "applications for credit", "ingestion_salespro_credit_applications", "salespro_credit_application",
		"leap_credit_app_id",
		text("company_id"), text("company_name"), text("sales_rep_id"), text("customer_id"),
		text("credit_app_vendor"), text("credit_app_vendor_id"), decimal("credit_app_amount"), text("credit_app_status"), text("credit_app_note"))
	s.Aliases = []string{"credit_application"}
	s.HistoryName = "creditapplications"
	s.OldCommands = []string{"db_salespro_creditapplication", "db_salespro_creditapplications"}
	return s
}

// leadResults: an estimate has several, of which the newest counts (L9).
func leadResults() crm.Stream {
	s := table("lead_results", "results of appointments", "ingestion_salespro_lead_results", "salespro_lead_result", "estimate_id",
		text("company_id"),
		result("appointment_result", "Appointment Result", crm.TypeText),
		result("result_reason_demo_not_sold", "Result Reason - Demo Not Sold (objection)", crm.TypeText),
		result("result_reason_no_demo", "Result Reason - No Demo (REQUIRES SALES MANGER APPROVAL)", crm.TypeText),
		result("both_homeowners_present", "Both Homeowners Present?", crm.TypeText),
		result("one_year_price", "One Year Price", crm.TypeDecimal),
		result("last_price_offered", "Last Price Offered", crm.TypeDecimal),
		result("preferred_payment", "Preferred Payment", crm.TypeText),
		result("notes", "Notes", crm.TypeText),
		crm.Field{Column: "lead_results_raw", Paths: []string{resultsMember}, Type: crm.TypeText})
	s.Aliases = []string{"lead_result"}
	s.HistoryName = "leadresults"
	s.Unmapped = []string{titlesMember}
	s.OldCommands = []string{"db_salespro_leadresult", "db_salespro_leadresults"}
	return s
}

func payments() crm.Stream {
	s := table("payments", "payments", "ingestion_salespro_payments", "salespro_payment", "payment_id",
		text("company_id"), text("company_name"), text("customer_id"), decimal("payment_amount"), text("payment_type"),
		text("payment_description"), flag("payment_success"))
	s.Aliases = []string{"payment"}
	s.Indexes = append(s.Indexes, []string{"customer_id"})
	s.OldCommands = []string{"db_salespro_payment", "db_salespro_payments"}
	return s
}

// userActivity is a log: it has no key and no time of change, and only grows.
func userActivity() crm.Stream {
	return crm.Stream{
		Name: "user_activity", Aliases: []string{"user_activities"}, Title: "what sales representatives did, a log",
		Table: "ingestion_salespro_user_activity", TableAliases: []string{"salespro_user_activity"}, HistoryName: "useractivity",
		OldCommands: []string{"db_salespro_useractivity", "db_salespro_useractivities"},
		PrimaryKey:  []string{hashMember}, Cursor: "created_at", Incremental: true, Snapshot: true, Lag: shareLag,
		Indexes: [][]string{{"created_at"}, {"user_id"}},
		Fields: []crm.Field{
			required(text(hashMember)), timestamp("created_at"),
			text("user_id"), text("company_id"), text("company_name"), text("local_customer_uuid"), text("customer_id"),
			text("activity_note"), text("key_metric"), text("activity_identifier"), text("price_type"), decimal("price"),
			integer("original_row_num"),
		},
	}
}

// measureSheet has times of change, but nothing that names a row.
func measureSheet() crm.Stream {
	s := computed("measure_sheet", "items measured for estimates", "ingestion_salespro_measure_sheet", "salespro_measure_sheet",
		text("estimate_id"), text("office_id"), text("office_name"), text("company_id"), text("company_name"),
		text("measure_sheet_item_id"), text("measure_sheet_item_name"), decimal("measure_sheet_item_price"), decimal("quantity"),
		text("category"), text("measurement_type"), timestamp("created_at"), timestamp("updated_at"))
	s.Aliases = []string{"measure_sheets"}
	s.HistoryName = "measuresheet"
	s.Indexes = [][]string{{"estimate_id"}}
	s.OldCommands = []string{"db_salespro_measuresheet", "db_salespro_measuresheets"}
	return s
}

func estimatePriceBreakdown() crm.Stream {
	s := computed("estimate_price_breakdown", "prices of estimates by trade", "ingestion_salespro_estimate_price_breakdown",
		"salespro_estimate_price_breakdown",
		crm.Field{Column: "estimate_date", Paths: []string{"estimate_date"}, Type: crm.TypeTimestamp},
		text("company_name"), text("estimate_id"), text("trade_type"), text("price_guide_amount"))
	s.Aliases = []string{"estimate_price_breakdowns"}
	s.HistoryName = "estimatepricebreakdown"
	s.Indexes = [][]string{{"estimate_id"}}
	s.OldCommands = []string{"db_salespro_estimatepricebreakdown", "db_salespro_estimatepricebreakdowns"}
	return s
}

func geographicHotspot() crm.Stream {
	s := computed("geographic_hotspot", "sales by city", "ingestion_salespro_geographic_hotspot", "salespro_geographic_hotspot",
		text("company_id"), text("company_name"), text("state"), text("city"), integer("total_estimates"), integer("sales"),
		decimal("close_rate"), decimal("avg_sale_value"), integer("active_sales_reps"))
	s.Aliases = []string{"geographic_hotspots"}
	s.HistoryName = "geographichotspot"
	s.OldCommands = []string{"db_salespro_geographichotspot", "db_salespro_geographichotspots"}
	return s
}

func text(column string) crm.Field {
	return crm.Field{Column: column, Paths: []string{column}, Type: crm.TypeText}
}

func required(f crm.Field) crm.Field {
	f.NotNull = true
	return f
}

func ruled(column, rule string) crm.Field {
	f := text(column)
	f.Rule.Type = rule
	return f
}

func typed(column string, t crm.Type) crm.Field {
	return crm.Field{Column: column, Paths: []string{column}, Type: t}
}

func integer(column string) crm.Field   { return typed(column, crm.TypeInteger) }
func decimal(column string) crm.Field   { return typed(column, crm.TypeDecimal) }
func timestamp(column string) crm.Field { return typed(column, crm.TypeTimestamp) }

// flag is false where the source says nothing, as it was in the old system.
func flag(column string) crm.Field {
	f := typed(column, crm.TypeBoolean)
	f.NotNull, f.Default = true, "false"
	return f
}

// result is a field that stands in a lead result under a title.
func result(column, title string, t crm.Type) crm.Field {
	return crm.Field{Column: column, Paths: []string{titlesMember + "." + crm.PathStep(title)}, Type: t}
}
