package salespro

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func must(t *testing.T) func(rows []int, err error) []int {
	return func(rows []int, err error) []int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
}

const changedAt = "2026-03-02 12:00:00.000"

func TestChangeMovesUpdatedAtAndNothingElseOfTheTimes(t *testing.T) {
	s := start(t, Config{Records: 100})
	before := s.all(Payment)
	rows := must(t)(s.Change(Payment, Random(5)))
	if len(rows) != 5 || !slices.IsSorted(rows) {
		t.Fatalf("rows %v", rows)
	}
	for i, row := range s.all(Payment) {
		if !slices.Contains(rows, i) {
			if !maps.Equal(row, before[i]) {
				t.Errorf("row %d changed, too", i)
			}
			continue
		}
		if row["updated_at"] != changedAt || row["created_at"] != before[i]["created_at"] || row["payment_id"] != before[i]["payment_id"] || row["payment_amount"] == before[i]["payment_amount"] {
			t.Errorf("%v became %v", before[i], row)
		}
	}
	if got := must(t)(s.Change(Payment, These(7, 7, 999, -1))); !slices.Equal(got, []int{7}) {
		t.Errorf("picked %v", got)
	}
	if got := must(t)(s.Change(Payment, Random(1000))); len(got) != 60 {
		t.Errorf("all: %d", len(got))
	}
	if got := must(t)(s.Change(Payment, Random(-1))); len(got) != 0 {
		t.Errorf("less than none: %v", got)
	}
}

func TestTimesOfChangesNeverGoBack(t *testing.T) {
	s := start(t, Config{Records: 100})
	must(t)(s.Change(Payment, These(1)))
	s.clock.Pass(-time.Hour)
	must(t)(s.Change(Payment, These(2)))
	if got := s.row(Payment, 2)["updated_at"]; got != changedAt || !s.State().LastModified.Equal(testStart.Add(24*time.Hour)) {
		t.Errorf("updated_at %s", got)
	}
}

func TestChangeOfALeadResultAddsAVersion(t *testing.T) {
	s := start(t, Config{Records: 100})
	before := s.all(LeadResult)
	rows := must(t)(s.Change(LeadResult, These(3)))
	again := must(t)(s.Change(LeadResult, These(3)))
	if s.Count(LeadResult) != 152 || !slices.Equal(append(rows, again...), []int{150, 151}) {
		t.Fatalf("%d rows, %v %v", s.Count(LeadResult), rows, again)
	}
	old, first, second := s.row(LeadResult, 3), s.row(LeadResult, 150), s.row(LeadResult, 151)
	if !maps.Equal(old, before[3]) || first["estimate_id"] != old["estimate_id"] || first["updated_at"] != changedAt || first["lead_results"] == second["lead_results"] {
		t.Errorf("%v, %v, %v", old, first, second)
	}
}

func TestInsertAndDelete(t *testing.T) {
	s := start(t, Config{Records: 100})
	rows := must(t)(s.Insert(Estimate, 3))
	if got := s.row(Estimate, rows[2]); !slices.Equal(rows, []int{130, 131, 132}) || got["created_at"] != changedAt || got["updated_at"] != changedAt {
		t.Errorf("%v: %v", rows, got)
	}
	gone := must(t)(s.Delete(Estimate, These(131, 5)))
	if !slices.Equal(gone, []int{5, 131}) || s.Count(Estimate) != 131 || len(s.all(Estimate)) != 131 {
		t.Errorf("%v, %d rows", gone, s.Count(Estimate))
	}
	if _, there := s.Row(Estimate, 5); there {
		t.Error("it is still there")
	}
	if got := must(t)(s.Delete(Estimate, Random(1000))); len(got) != 131 || s.Count(Estimate) != 0 {
		t.Errorf("%d deleted, %d left", len(got), s.Count(Estimate))
	}
	if rows := must(t)(s.Insert(Activity, 20)); len(rows) != 20 || s.row(Activity, rows[19])["created_at"] != changedAt {
		t.Errorf("activity %v", rows)
	}
}

func TestRebuildChangesAWholeTable(t *testing.T) {
	s := start(t, Config{Records: 100})
	for _, name := range []string{Hotspot, Breakdown} {
		before := s.all(name)
		if err := s.Rebuild(name); err != nil {
			t.Fatal(err)
		}
		same := 0
		for i, row := range s.all(name) {
			if maps.Equal(row, before[i]) {
				same++
			}
		}
		if same > len(before)/10 {
			t.Errorf("%s: %d of %d rows are the same", name, same, len(before))
		}
	}
}

func TestPutAndEditPlantValues(t *testing.T) {
	s := start(t, Config{Records: 100})
	row, err := s.Put(Estimate, Fields{
		"estimate_id": "E1", "zip_code": nil, "sale_amount": "33000", "down_payment": 12.5, "finance_amount": 1e10, "is_sale": true, "document_count": 3,
		"created_at": "2026-01-02 03:04:05.678",
	})
	if err != nil {
		t.Fatal(err)
	}
	got := s.row(Estimate, row)
	for column, want := range map[string]string{
		"estimate_id": "E1", "zip_code": "NULL", "sale_amount": "33000.00", "down_payment": "12.5000", "finance_amount": "1.0E10", "is_sale": "true",
		"document_count": "3", "created_at": "2026-01-02 03:04:05.678", "updated_at": changedAt,
	} {
		if got[column] != want {
			t.Errorf("%s is %s; want %s", column, got[column], want)
		}
	}
	s.clock.Pass(time.Hour)
	if err := s.Edit(Estimate, row, Fields{"zip_code": "0123", "updated_at": nil}); err != nil {
		t.Fatal(err)
	}
	if got := s.row(Estimate, row); got["estimate_id"] != "E1" || got["zip_code"] != "0123" || got["updated_at"] != "NULL" {
		t.Errorf("edited: %v", got)
	}
	must(t)(s.Change(Estimate, These(row)))
	if got := s.row(Estimate, row); got["estimate_id"] != "E1" || got["updated_at"] != "2026-03-02 13:00:00.000" {
		t.Errorf("changed: %v", got)
	}
	if err := s.Edit(Payment, 3, Fields{"updated_at": testStart, "payment_amount": json.Number("1.239")}); err != nil || s.row(Payment, 3)["updated_at"] != "2026-03-01 12:00:00.000" || s.row(Payment, 3)["payment_amount"] != "1.239" {
		t.Errorf("a seeded row: %v %v", err, s.row(Payment, 3))
	}
	if row, err := s.Put(Breakdown, Fields{"estimate_date": testStart}); err != nil || s.row(Breakdown, row)["estimate_date"] != "2026-03-01" {
		t.Errorf("a date: %v", err)
	}
	if row, err := s.Put(Breakdown, Fields{"estimate_date": "2026-03-04"}); err != nil || s.row(Breakdown, row)["estimate_date"] != "2026-03-04" {
		t.Errorf("a date as text: %v", err)
	}
}

func TestASnapshotDoesNotSeeWhatIsChangedLater(t *testing.T) {
	s := start(t, Config{Records: 100})
	if err := s.Edit(Payment, 40, Fields{"payment_type": "before"}); err != nil {
		t.Fatal(err)
	}
	for row, values := range s.Rows(Payment) {
		switch row {
		case 0:
			must(t)(s.Delete(Payment, These(50)))
			must(t)(s.Insert(Payment, 1))
			if err := s.Edit(Payment, 40, Fields{"payment_type": "after"}); err != nil {
				t.Fatal(err)
			}
		case 40:
			if got := s.texts(Payment, values)["payment_type"]; got != "before" {
				t.Errorf("row 40 is %s", got)
			}
		case 60:
			t.Error("it sees a row of later")
		}
	}
	if got := s.row(Payment, 40)["payment_type"]; got != "after" || s.Count(Payment) != 60 {
		t.Errorf("afterwards %s, %d rows", got, s.Count(Payment))
	}
}

func TestChangesRefuse(t *testing.T) {
	s := start(t, Config{Records: 10})
	for what, tc := range map[string]struct {
		err  error
		code crm.Code
		text string
	}{
		"change of no table":    {second(s.Change("nowhere", Random(1))), crm.CodeUsage, `no table "nowhere"`},
		"insert into no table":  {second(s.Insert("nowhere", 1)), crm.CodeUsage, `no table "nowhere"`},
		"put into no table":     {second(s.Put("nowhere", nil)), crm.CodeUsage, `no table "nowhere"`},
		"edit of no table":      {s.Edit("nowhere", 1, nil), crm.CodeUsage, `no table "nowhere"`},
		"change of activity":    {second(s.Change(Activity, Random(1))), crm.CodeUsage, "never change"},
		"delete of activity":    {second(s.Delete(Activity, Random(1))), crm.CodeUsage, "never change"},
		"rebuild of activity":   {s.Rebuild(Activity), crm.CodeUsage, "never change"},
		"edit of no row":        {s.Edit(Payment, 99, Fields{}), crm.CodeNotFound, "no row 99"},
		"edit of no column":     {s.Edit(Payment, 1, Fields{"x": 1}), crm.CodeUsage, "x is no column"},
		"put of no column":      {second(s.Put(Payment, Fields{"x": 1})), crm.CodeUsage, "x is no column"},
		"text for a time":       {second(s.Put(Payment, Fields{"created_at": "soon"})), crm.CodeUsage, "cannot be soon"},
		"text for a decimal":    {second(s.Put(Payment, Fields{"payment_amount": "much"})), crm.CodeUsage, "cannot be much"},
		"time for a decimal":    {second(s.Put(Payment, Fields{"payment_amount": testStart})), crm.CodeUsage, "cannot be"},
		"number for a boolean":  {second(s.Put(Payment, Fields{"payment_success": 1})), crm.CodeUsage, "cannot be 1"},
		"fraction for a bigint": {second(s.Put(Estimate, Fields{"document_count": 1.5})), crm.CodeUsage, "cannot be 1.5"},
		"number for a text":     {second(s.Put(Payment, Fields{"payment_type": json.Number("7")})), crm.CodeUsage, "cannot be 7"},
		"list":                  {second(s.Put(Payment, Fields{"payment_type": []int{1}})), crm.CodeUsage, "cannot be [1]"},
	} {
		if crm.CodeOf(tc.err) != tc.code || !strings.Contains(tc.err.Error(), tc.text) {
			t.Errorf("%s: %v", what, tc.err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
