package hubspot_test

import (
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
	"github.com/warren-sync/warren/internal/source/hubspot"
)

func TestSettingsThatMakeNoSense(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	for _, test := range []struct{ name, value, says string }{
		{"custom_objects", "divisions", "not a name in small letters and a type id"},
		{"custom_objects", "Divisions=2-1", "not a name in small letters and a type id"},
		{"custom_objects", "a=2-1;drop", "not a name in small letters and a type id"},
		{"custom_objects", "deals=2-1", "the name deals is taken"},
		{"custom_objects", "owners=2-1", "the name owners is taken"},
		{"custom_objects", "a=2-1,a=2-2", "the name a is taken"},
		{"custom_objects", "a=2-1,b=2-1", "is the stream a already"},
		{"custom_objects", "people=0-1", "is the stream contacts already"},
		{"associations", "deals", "not two types"},
		{"associations", "deals-things", `no type "things"`},
		{"associations", "deals-contacts, deals-contacts", "twice"},
		{"url", "ftp://x", "not an http or https address"},
		{"token", "", "no token for HubSpot is set"},
	} {
		_, err := s.tryConnect(map[string]string{test.name: test.value})
		mustFail(t, err, crm.CodeConfig, test.says)
		source := hubspot.Source()
		if _, err := source.More(crm.Settings{Values: s.plan}); test.name != "url" && test.name != "token" {
			mustFail(t, err, crm.CodeConfig, test.says)
		}
	}
	_, err := s.tryConnect(map[string]string{"token": "", "client_id": "x"})
	mustFail(t, err, crm.CodeConfig, "HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET and HUBSPOT_REFRESH_TOKEN")
}

func TestStreamsOfTheSettings(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{
		"custom_objects": custom + ", jobs=2-5,classes = 2-6,glass=2-7", "associations": "contacts-divisions, deals-jobs,contacts-contacts",
	})
	for name, want := range map[string]struct {
		table string
		key   []string
	}{
		"divisions":          {"ingestion_hubspot_division", []string{"id"}},
		"genius_users":       {"ingestion_hubspot_geniususer", []string{"id"}},
		"jobs":               {"ingestion_hubspot_job", []string{"id"}},
		"glass":              {"ingestion_hubspot_glass", []string{"id"}},
		"companies":          {"ingestion_hubspot_company", []string{"id"}},
		"contacts_divisions": {"ingestion_hubspot_contact_division_assoc", []string{"contact_id", "division_id"}},
		"deals_jobs":         {"ingestion_hubspot_deal_job_assoc", []string{"deal_id", "job_id"}},
		"contacts_contacts":  {"ingestion_hubspot_contact_contact_assoc", []string{"contact_id", "to_contact_id"}},
	} {
		if st := s.stream(name); st.Table != want.table || !slices.Equal(st.PrimaryKey, want.key) || !st.Incremental || st.Lag == 0 || st.FullEvery == 0 {
			t.Errorf("%s: %+v", name, st)
		}
	}
	s.plan["associations"] = "none"
	source := hubspot.Source()
	if more, err := source.More(crm.Settings{Values: s.plan}); err != nil || len(more) != 5 {
		t.Errorf("%d streams, %v", len(more), err)
	}
}

// The old system's tables: a column that is called otherwise would be a second one.
func TestContractOfTheOldSystem(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{"custom_objects": custom, "associations": "appointments-contacts,contacts-divisions"})
	for name, want := range map[string]struct {
		alias, cursor string
		columns       map[string]crm.Type
		commands      []string
	}{
		"contacts": {"hubspot_contact", "lastmodifieddate", map[string]crm.Type{
			"id": crm.TypeText, "address": crm.TypeText, "email": crm.TypeText, "createdate": crm.TypeTimestamp, "price": crm.TypeDecimal, "lead_id": crm.TypeInteger,
			"lead_is_dnc": crm.TypeInteger, "lead_dead_on": crm.TypeTimestamp, "lead_cost": crm.TypeDecimal, "lead_copied_from_on": crm.TypeText,
			"lead_salesrabbit_lead_id": crm.TypeText, "lead_salesrabbit_lead_id_new": crm.TypeInteger, "archived": crm.TypeBoolean, "archived_at": crm.TypeTimestamp,
		}, []string{"sync_hubspot_contacts", "smart_sync_hubspot_contacts"}},
		"deals": {"hubspot_deal", "hs_lastmodifieddate", map[string]crm.Type{
			"deal_name": crm.TypeText, "amount": crm.TypeDecimal, "closedate": crm.TypeTimestamp, "priority": crm.TypeText, "hubspot_owner_id": crm.TypeText,
		}, []string{"sync_hubspot_deals"}},
		"divisions": {"hubspot_division", "hs_lastmodifieddate", map[string]crm.Type{
			"division_code": crm.TypeText, "hs_createdate": crm.TypeTimestamp, "manager_email": crm.TypeText, "zip": crm.TypeText,
		}, []string{"sync_hubspot_divisions"}},
		"genius_users": {"hubspot_geniususer", "hs_lastmodifieddate", map[string]crm.Type{
			"name": crm.TypeText, "user_status_inactive": crm.TypeText, "title_id": crm.TypeText,
		}, []string{"sync_hubspot_genius_users"}},
		"appointments": {"hubspot_appointment", "hs_lastmodifieddate", map[string]crm.Type{
			"hs_appointment_start": crm.TypeTimestamp, "is_complete": crm.TypeBoolean, "salespro_one_year_price": crm.TypeText, "set_date": crm.TypeDate,
			"arrivy_user_divison_id": crm.TypeText, "type_id": crm.TypeInteger, "genius_resubmit": crm.TypeText, //nolint:misspell // so is the column called
		}, []string{"sync_hubspot_appointments"}},
		"appointments_contacts": {"hubspot_appointment_contact_assoc", "", map[string]crm.Type{
			"appointment_id": crm.TypeText, "contact_id": crm.TypeText, "types": crm.TypeJSON,
		}, []string{"sync_hubspot_associations"}},
	} {
		st := s.stream(name)
		if st.Table != "ingestion_"+want.alias || !slices.Contains(st.TableAliases, want.alias) || st.Cursor != want.cursor || !slices.Equal(st.OldCommands, want.commands) {
			t.Errorf("%s: table %s (%v), cursor %s, commands %v", name, st.Table, st.TableAliases, st.Cursor, st.OldCommands)
		}
		for column, typ := range want.columns {
			if f, ok := st.Field(column); !ok || f.Type != typ {
				t.Errorf("%s.%s: %+v", name, column, f)
			}
		}
		seen := map[string]bool{}
		for _, f := range st.Fields {
			if seen[f.Column] {
				t.Errorf("%s.%s is there twice", name, f.Column)
			}
			seen[f.Column] = true
		}
	}
	source := hubspot.Source()
	if source.OldAll != "sync_hubspot_all" || !source.Describes {
		t.Errorf("%+v", source)
	}
}
