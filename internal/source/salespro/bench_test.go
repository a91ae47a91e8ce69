package salespro

import (
	"testing"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
)

// BenchmarkRecord is what a row costs between its cells and its record: of a table with
// a key, of one without, and of lead results.
func BenchmarkRecord(b *testing.B) {
	activityColumns, activity := activityRow(nil)
	for name, c := range map[string]struct {
		stream  crm.Stream
		columns []athena.Column
		row     []csv.Cell
	}{
		"payments": {
			payments(),
			[]athena.Column{
				{Name: "payment_id", Type: "varchar"}, {Name: "company_id", Type: "varchar"}, {Name: "company_name", Type: "varchar"},
				{Name: "customer_id", Type: "varchar"}, {Name: "payment_amount", Type: "decimal(12,2)"}, {Name: "payment_type", Type: "varchar"},
				{Name: "payment_description", Type: "varchar"}, {Name: "payment_success", Type: "boolean"}, {Name: "created_at", Type: "timestamp"},
				{Name: "updated_at", Type: "timestamp"},
			},
			[]csv.Cell{
				cell("p-100482"), cell("c1"), cell(`Summit "A+" Exteriors, LLC`), cell("c-88213"), cell("18450.00"), cell("Check"), null, cell("true"),
				cell("2020-02-07 14:15:20.384"), cell("2020-02-07 14:15:20.384"),
			},
		},
		"user_activity": {userActivity(), activityColumns, activity},
		"lead_results": {
			leadResults(), []athena.Column{{Name: "estimate_id", Type: "varchar"}, {Name: "lead_results", Type: "varchar"}},
			[]csv.Cell{cell("e1"), cell(`[{"title":"Appointment Result","value":"-Undecided"},{"title":"One Year Price","value":"$33,000"},{"title":"Notes","value":"x"}]`)},
		},
	} {
		b.Run(name, func(b *testing.B) {
			r := &reading{stream: c.stream, query: &query{hashed: c.stream.PrimaryKey[0] == hashMember}}
			w := r.writer(c.columns)
			b.ReportAllocs()
			for b.Loop() {
				r.buffer, r.ends = r.buffer[:0], r.ends[:0]
				if err := w.add(c.row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
