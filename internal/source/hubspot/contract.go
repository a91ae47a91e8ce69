package hubspot

import (
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// Columns, tables and types are the old system's, to the letter: dashboards and SQL
// of the people who use them go on working. What it had to turn from a type into
// text, since people write "July" into numbers, is text.

func contacts(s crm.Stream) crm.Stream {
	s.OldCommands = []string{"sync_hubspot_contacts", "smart_sync_hubspot_contacts"}
	s.OldRemovals, s.OldChecks = []string{"sync_hubspot_contacts_removal"}, []string{"check_removed_hubspot_contacts"}
	s.Indexes = append(s.Indexes, []string{"email"})
	s.Fields = slices.Concat(s.Fields,
		// The address is not checked, on purpose: HubSpot takes any text.
		texts(`address adgroupid ap_leadid campaign_content campaign_name city clickcheck clicktype division email firstname lastname
			hs_google_click_id lead_salesrabbit_lead_id marketsharp_id msm_source reference_code search_terms tier vendorleadid vertical
			primary_source secondary_source comments original_lead_source`),
		timestamps("original_lead_source_created"), decimals("price"),
		ruled("phone", "phone"), ruled("state", "state"), ruled("zip_code", "zip"), ruled("url", "trustedform_cert_url"),
		integers(`lead_added_by lead_agent_id lead_call_screen_viewed_by lead_contact lead_copied_from_id lead_dead_by lead_division
			lead_estimate_confirmed_by lead_express_consent_set_by lead_express_consent_upload_file_id lead_id lead_prospect_id
			lead_salesrabbit_lead_id_new
			lead_cwp_client lead_express_consent_source lead_invalid_address lead_is_carpentry_followup lead_is_dnc lead_is_dummy
			lead_is_estimate_confirmed lead_is_estimate_set lead_is_express_consent lead_is_express_consent_being_reviewed
			lead_is_high_potential lead_is_mobile_lead lead_is_valid_address lead_is_valid_email lead_is_year_built_verified lead_is_zillow
			lead_job_type lead_rating lead_source lead_status lead_substatus lead_type1 lead_type2 lead_type4 lead_with_dm`),
		timestamps(`lead_call_screen_viewed_on lead_dead_on lead_do_not_call_before lead_estimate_confirmed_on lead_express_consent_set_on
			lead_sourced_on lead_viewed_on`),
		decimals("lead_cost"),
		texts(`lead_notes lead_source_notes lead_added_by_latitude lead_added_by_longitude lead_added_by_supervisor lead_agent_name
			lead_cdyne_county lead_copied_from_on lead_import_source lead_address1 lead_city lead_phone1 lead_phone2 lead_phone3
			lead_state lead_year_built lead_zip`),
	)
	return s
}

func deals(s crm.Stream) crm.Stream {
	s.OldCommands = []string{"sync_hubspot_deals"}
	s.Fields = slices.Concat(s.Fields,
		[]crm.Field{from("deal_name", crm.TypeText, pathOf("dealname"))},
		decimals("amount"), timestamps("closedate"),
		texts("dealstage dealtype description hubspot_owner_id pipeline division"),
		[]crm.Field{from("priority", crm.TypeText, pathOf("priority"), pathOf("hs_priority"))},
	)
	return s
}

func divisions(s crm.Stream) crm.Stream {
	s.OldCommands = []string{oldDivisions}
	s.Fields = slices.Concat(s.Fields,
		texts("division_name division_label division_code hs_pipeline hs_pipeline_stage status region manager_name"),
		ruled("email", "manager_email"), ruled("phone", "phone"), texts("address1 address2 city"),
		ruled("state", "state"), ruled("zip_code", "zip"),
	)
	return s
}

func geniusUsers(s crm.Stream) crm.Stream {
	s.OldCommands = []string{oldGeniusUsers}
	s.Table, s.TableAliases = "ingestion_hubspot_geniususer", []string{"hubspot_geniususer"}
	name := from("name", crm.TypeText, pathOf("name"))
	name.NotNull = true
	s.Fields = slices.Concat(s.Fields, []crm.Field{name},
		texts("arrivy_user_id division division_id job_title title_id user_account_type user_id user_status_inactive"), ruled("email", "email"),
	)
	return s
}

func appointments(s crm.Stream) crm.Stream {
	s.OldCommands = []string{"sync_hubspot_appointments"}
	s.OldRemovals, s.OldChecks = []string{"sync_hubspot_appointments_removal"}, []string{"check_removed_hubspot_appointments"}
	for _, column := range []string{
		"appointment_id", "genius_appointment_id", "marketsharp_id", "email", "hs_appointment_start", "appointment_status", "is_complete",
		"hubspot_owner_id", "division_id",
	} {
		s.Indexes = append(s.Indexes, []string{column})
	}
	s.Fields = slices.Concat(s.Fields,
		texts("appointment_id genius_appointment_id marketsharp_id hs_appointment_name hs_pipeline hs_pipeline_stage"),
		timestamps("hs_appointment_start hs_appointment_end"), integers("hs_duration"),
		texts("first_name last_name"), ruled("email", "email"), ruled("phone", "phone1 phone2"), texts("address1 address2 city"),
		ruled("state", "state"), ruled("zip_code", "zip"),
		dates("date"), texts("time"), integers("duration"),
		texts("appointment_status appointment_confirmed appointment_response"), booleans("is_complete"),
		texts(`cancel_reason div_cancel_reasons qc_cancel_reasons appointment_services lead_services product_interest_primary
			product_interest_secondary user_id canvasser canvasser_id canvasser_email hubspot_owner_id`),
		timestamps("hubspot_owner_assigneddate"),
		texts(`hubspot_team_id division_id division primary_source secondary_source prospect_id prospect_source_id hscontact_id sourcefield
			type_id_text marketsharp_appt_type complete_outcome_id_text confirm_with`),
		integers("type_id complete_outcome_id complete_user_id confirm_user_id add_user_id marketing_task_id spouses_present year_built"),
		timestamps("complete_date confirm_date assign_date add_date arrivy_appt_date arrivy_confirm_date"),
		texts(`arrivy_confirm_user arrivy_created_by arrivy_details arrivy_notes arrivy_object_id arrivy_result_full_string
			arrivy_salesrep_first_name arrivy_salesrep_last_name arrivy_status arrivy_status_title arrivy_user arrivy_user_external_id arrivy_username
			salespro_both_homeowners salespro_consider_solar salespro_customer_id salespro_deadline salespro_deposit_type
			salespro_estimate_id salespro_fileurl_contract salespro_fileurl_estimate salespro_financing salespro_job_size salespro_job_type
			salespro_last_price_offered salespro_notes salespro_one_year_price salespro_preferred_payment salespro_requested_start
			salespro_result salespro_result_notes salespro_result_reason_demo salespro_result_reason_no_demo
			notes log title leap_estimate_id error_details tester_test created_by_make f9_tfuid`),
		texts("arrivy_user_divison_id"), //nolint:misspell // the property is really called so
		dates("set_date"),
		texts("genius_quote_id genius_quote_response genius_quote_response_status genius_response genius_response_status genius_resubmit"),
	)
	return s
}
