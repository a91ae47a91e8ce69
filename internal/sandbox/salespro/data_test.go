package salespro

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTablesFollowInProportion(t *testing.T) {
	s := start(t, Config{Records: 1000, Rows: map[string]int{Payment: 17, Measure: -1}})
	want := map[string]int{Customer: 1000, Estimate: 1300, Credit: 250, LeadResult: 1500, Payment: 17, Activity: 8000, Measure: 0, Breakdown: 2000, Hotspot: 16}
	if got := s.State().Tables; !maps.Equal(got, want) {
		t.Errorf("tables %v; want %v", got, want)
	}
	if s.Count("nowhere") != 0 || s.Columns("nowhere") != nil || len(s.Tables()) != 9 {
		t.Error("a table that is not there")
	}
	for range s.Rows("nowhere") {
		t.Error("has rows")
	}
	if empty := start(t, Config{}); empty.Count(Hotspot) != 0 {
		t.Error("a share without customers has hotspots")
	}
}

func TestRowsHaveAllTheirColumnsAndLegalTexts(t *testing.T) {
	s := start(t, Config{Records: 2000})
	for _, name := range s.Tables() {
		n := 0
		for _, row := range s.Rows(name) {
			if n++; len(row) != len(s.Columns(name)) {
				t.Fatalf("%s: %d values for %d columns", name, len(row), len(s.Columns(name)))
			}
			for column, text := range s.texts(name, row) {
				if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
					t.Fatalf("%s.%s: %q", name, column, text)
				}
			}
		}
		if n != s.Count(name) {
			t.Errorf("%s yields %d of %d rows", name, n, s.Count(name))
		}
	}
}

func TestTheSameSeedGivesTheSameData(t *testing.T) {
	a, b := start(t, Config{Records: 300}), start(t, Config{Records: 300})
	for _, name := range a.Tables() {
		if !slices.EqualFunc(a.all(name), b.all(name), maps.Equal) {
			t.Errorf("%s differs", name)
		}
	}
}

// count returns how many rows fit.
func count(rows []map[string]string, fit func(map[string]string) bool) (n int) {
	for _, row := range rows {
		if fit(row) {
			n++
		}
	}
	return n
}

func (s *site) dirty(name, what string, least, most int, fit func(map[string]string) bool) {
	s.t.Helper()
	if n := count(s.all(name), fit); n < least || n > most {
		s.t.Errorf("%s: %d rows with %s; want %d to %d", name, n, what, least, most)
	}
}

func is(column, value string) func(map[string]string) bool {
	return func(row map[string]string) bool { return row[column] == value }
}

func has(column, part string) func(map[string]string) bool {
	return func(row map[string]string) bool { return strings.Contains(row[column], part) }
}

func TestTheDirtOfTheReferences(t *testing.T) {
	s := start(t, Config{Records: 5000})
	s.dirty(Customer, "customer_id NULL", 100, 250, is("customer_id", "NULL"))
	s.dirty(Customer, "customer_id ''", 100, 250, is("customer_id", ""))
	s.dirty(Customer, "updated_at NULL", 3, 30, is("updated_at", "NULL"))
	s.dirty(Payment, "updated_at NULL", 1, 30, is("updated_at", "NULL"))
	s.dirty(Estimate, "trailing zeros", 100, 5000, func(row map[string]string) bool { return strings.HasSuffix(row["down_payment"], ".0000") })
	s.dirty(Credit, "line breaks", 50, 500, has("credit_app_note", "\n"))
	s.dirty(Credit, "quotes", 50, 500, has("credit_app_note", `"`))
	s.dirty(Activity, "other alphabets", 500, 20_000, has("activity_note", "соседа"))
	s.dirty(LeadResult, "titles with trailing blanks", 500, 5000, has("lead_results", `"Preferred Payment "`))
	s.dirty(LeadResult, "escaped ampersands", 500, 7000, has("lead_results", `\u0026`))
	s.dirty(LeadResult, "prices in words", 500, 5000, has("lead_results", `"about 5000"`))
	s.dirty(LeadResult, "prices with signs", 500, 5000, has("lead_results", `"$33,000"`))
	s.dirty(LeadResult, "NULL", 10, 100, is("lead_results", "NULL"))
	s.dirty(LeadResult, "broken JSON", 20, 300, func(row map[string]string) bool {
		return row["lead_results"] != "NULL" && !json.Valid([]byte(row["lead_results"]))
	})
	s.dirty(Breakdown, "prices in words", 100, 2000, has("price_guide_amount", "about "))
	s.dirty(Hotspot, "a rate of nothing", 1, 30, is("close_rate", "NaN"))
}

func TestSeveralCustomersShareAnID(t *testing.T) {
	s := start(t, Config{Records: 3000})
	seen := map[string]int{}
	for _, row := range s.all(Customer) {
		seen[row["customer_id"]]++
	}
	delete(seen, "NULL")
	delete(seen, "")
	shared := 0
	for _, n := range seen {
		if n > 1 {
			shared++
		}
	}
	if shared < 20 || shared > 120 {
		t.Errorf("%d ids are shared", shared)
	}
}

func TestKeysAreUnique(t *testing.T) {
	s := start(t, Config{Records: 3000})
	for name, key := range map[string]string{Estimate: "estimate_id", Payment: "payment_id", Credit: "leap_credit_app_id"} {
		seen := map[string]bool{}
		for _, row := range s.all(name) {
			if len(row[key]) != 10 || seen[row[key][4:]] { // the letters before are there by chance
				t.Fatalf("%s: key %q", name, row[key])
			}
			seen[row[key][4:]] = true
		}
	}
}

func TestLeadResultsHaveSeveralVersionsOfAnEstimate(t *testing.T) {
	s := start(t, Config{Records: 100})
	rows := s.all(LeadResult)
	if a, b := rows[0], rows[130]; a["estimate_id"] != b["estimate_id"] || a["lead_results"] == b["lead_results"] || b["created_at"] <= a["created_at"] {
		t.Errorf("%v and %v", a, b)
	}
}

func TestTablesWithoutAKeyHaveIdenticalRows(t *testing.T) {
	s := start(t, Config{Records: 2000})
	activity, breakdown := s.all(Activity), s.all(Breakdown)
	if !maps.Equal(activity[twinEvery+17], activity[twinEvery+16]) || maps.Equal(activity[16], activity[15]) {
		t.Error("user_activity")
	}
	if !maps.Equal(breakdown[copyEvery+5], breakdown[copyEvery+4]) || maps.Equal(breakdown[4], breakdown[3]) {
		t.Error("estimate_price_breakdown")
	}
}

func TestImportsShareAMillisecond(t *testing.T) {
	s := start(t, Config{Records: 1000})
	rows := s.all(Payment)
	first := rows[3*40]
	for _, row := range rows[3*40 : 4*40] {
		if row["created_at"] != first["created_at"] || row["updated_at"] != first["created_at"] {
			t.Fatalf("%s and %s", first["created_at"], row["created_at"])
		}
	}
	if rows[0]["created_at"] == rows[1]["created_at"] {
		t.Error("others do, too")
	}
	for _, row := range rows {
		if row["updated_at"] != "NULL" && row["updated_at"] > "2026-03-01 12:00:00.000" || row["created_at"] < "2024-02-29" {
			t.Fatalf("a time outside of the history: %v", row)
		}
	}
}

func TestExports(t *testing.T) {
	s := start(t, Config{Records: 20_000})
	var users, offices bytes.Buffer
	if err := s.WriteUsers(&users); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteOffices(&offices); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&users).ReadAll()
	if err != nil || len(rows) != 101 || len(rows[0]) != 22 || rows[0][0] != "objectId" || rows[0][8] != "allowedOffices" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	broken, inactive := 0, 0
	ids := map[string]bool{}
	for _, row := range rows[1:] {
		ids[row[0]] = true
		var pointers []struct {
			Type      string `json:"__type"`
			ClassName string `json:"className"`
			ObjectID  string `json:"objectId"`
		}
		if json.Unmarshal([]byte(row[8]), &pointers) != nil {
			broken++
		} else if len(pointers) == 0 || pointers[0].Type != "Pointer" || pointers[0].ClassName != "Office" || len(pointers[0].ObjectID) != 10 {
			t.Errorf("allowedOffices %s", row[8])
		}
		if row[13] != "" {
			inactive++
		}
	}
	if broken != 3 || inactive < 5 || inactive > 40 || len(ids) != 100 {
		t.Errorf("%d broken, %d inactive, %d ids", broken, inactive, len(ids))
	}
	s.dirty(Estimate, "a rep who is a user", s.Count(Estimate), s.Count(Estimate), func(row map[string]string) bool { return ids[row["sales_rep_id"]] })
	if rows, err := csv.NewReader(&offices).ReadAll(); err != nil || len(rows) != len(officeNames)+1 || rows[1][1] != "Akron HQ" {
		t.Errorf("offices %v, %v", rows, err)
	}
}
