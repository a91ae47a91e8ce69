package salespro

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// The tables of the share.
const (
	Customer   = "customer"
	Estimate   = "estimate"
	Credit     = "credit_applications"
	LeadResult = "lead_results"
	Payment    = "payments"
	Activity   = "user_activity"
	Measure    = "measure_sheet"
	Breakdown  = "estimate_price_breakdown"
	Hotspot    = "geographic_hotspot"
)

// definition is what a table holds.
type definition struct {
	name       string
	number     uint64  // tells its random numbers from those of the others
	each       float64 // rows for each customer
	least      int     // rows, where there are customers
	appendOnly bool
	columns    []table.Column
	fill       func(w *writer, s spot) // writes one value for each column, in order
}

// column returns the place of a column, -1 if there is none.
func (d *definition) column(name string) int {
	return slices.IndexFunc(d.columns, func(c table.Column) bool { return c.Name == name })
}

// definitions lists the tables in the order of the reference.
func definitions() []*definition {
	defs := []*definition{
		{name: Customer, each: 1, fill: (*writer).customer, columns: columns(
			"customer_id", "estimate_id", "company_id", "company_name", "customer_first_name", "customer_last_name", "crm_source", "crm_source_id",
			"created_at:timestamp", "updated_at:timestamp")},
		{name: Estimate, each: 1.3, fill: (*writer).estimate, columns: columns(
			"estimate_id", "company_id", "company_name", "office_id", "office_name", "sales_rep_id", "sales_rep_first_name", "sales_rep_last_name",
			"customer_id", "customer_first_name", "customer_last_name", "street_address", "city", "state", "zip_code",
			"sale_amount:decimal(12,2)", "is_sale:boolean", "job_type", "finance_amount:double", "bank_name", "loan_name",
			"down_payment:decimal(12,4)", "has_credit_app:boolean", "document_count:bigint", "created_at:timestamp", "updated_at:timestamp")},
		{name: Credit, each: 0.25, fill: (*writer).credit, columns: columns(
			"leap_credit_app_id", "company_id", "company_name", "sales_rep_id", "customer_id", "credit_app_vendor", "credit_app_vendor_id",
			"credit_app_amount:decimal(12,2)", "credit_app_status", "credit_app_note", "created_at:timestamp", "updated_at:timestamp")},
		{name: LeadResult, each: 1.5, fill: (*writer).leadResult, columns: columns(
			"estimate_id", "company_id", "lead_results", "created_at:timestamp", "updated_at:timestamp")},
		{name: Payment, each: 0.6, fill: (*writer).payment, columns: columns(
			"payment_id", "company_id", "company_name", "customer_id", "payment_amount:decimal(12,2)", "payment_type", "payment_description",
			"payment_success:boolean", "created_at:timestamp", "updated_at:timestamp")},
		{name: Activity, each: 8, appendOnly: true, fill: (*writer).activity, columns: columns(
			"created_at:timestamp", "user_id", "company_id", "company_name", "local_customer_uuid", "customer_id", "activity_note", "key_metric",
			"activity_identifier", "price_type", "price:double", "original_row_num:bigint")},
		{name: Measure, each: 3, fill: (*writer).measure, columns: columns(
			"created_at:timestamp", "updated_at:timestamp", "estimate_id", "office_id", "office_name", "company_id", "company_name",
			"measure_sheet_item_id", "measure_sheet_item_name", "measure_sheet_item_price:decimal(10,2)", "quantity:double", "category", "measurement_type")},
		{name: Breakdown, each: 2, fill: (*writer).breakdown, columns: columns(
			"estimate_date:date", "company_name", "estimate_id", "trade_type", "price_guide_amount")},
		{name: Hotspot, each: 0.01, least: 16, fill: (*writer).hotspot, columns: columns(
			"company_id", "company_name", "state", "city", "total_estimates:bigint", "sales:bigint", "close_rate:double", "avg_sale_value:double",
			"active_sales_reps:int")},
	}
	for i, d := range defs {
		d.number = uint64(i + 1)
	}
	return defs
}

// columns reads names, each with its type behind a colon unless it is a text.
func columns(names ...string) []table.Column {
	out := make([]table.Column, 0, len(names))
	for _, text := range names {
		name, kind, typed := strings.Cut(text, ":")
		if !typed {
			kind = "string"
		}
		out = append(out, table.Column{Name: name, Type: kind})
	}
	return out
}
