package athena

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

func TestColumns(t *testing.T) {
	f := play().on("GetTableMetadata", body(`{"TableMetadata":{"Name":"user_activity","TableType":"EXTERNAL_TABLE",
		"Columns":[{"Name":"price","Type":"decimal(10,2)","Comment":"in dollars"},{"Name":"tags","Type":"array<struct<a:int>>"}],
		"PartitionKeys":[{"Name":"dt","Type":"string"}]}}`))
	got, err := dial(t, f, nil).Columns(t.Context(), "user_activity")
	if err != nil {
		t.Fatal(err)
	}
	want := Table{
		Name: "user_activity", Kind: "EXTERNAL_TABLE",
		Columns:    []Column{{Name: "price", Type: "decimal(10,2)", Comment: "in dollars"}, {Name: "tags", Type: "array<struct<a:int>>"}},
		Partitions: []Column{{Name: "dt", Type: "string"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	in := fields{"CatalogName": "AwsDataCatalog", "DatabaseName": "salespro", "TableName": "user_activity", "WorkGroup": "sales"}
	if diff := cmp.Diff(in, f.input(t, "GetTableMetadata", 0)); diff != "" {
		t.Error(diff)
	}
}

func TestColumnsThatAreNotToBeHad(t *testing.T) {
	tests := []struct {
		name    string
		answer  answer
		code    crm.Code
		without bool // a caller can do without
		calls   int
		says    string
	}{
		{"the right is lacking", refusal(400, "AccessDeniedException", "not authorized to perform: athena:GetTableMetadata on resource: arn:x"), crm.CodeForbidden, true, 1, "athena:GetTableMetadata"},
		{"the right of Glue is lacking", refusal(400, "MetadataException", "User x is not authorized to perform: glue:GetTable on resource: arn:y"), crm.CodeForbidden, true, 1, "glue:GetTable"},
		{"moto does not know the call", reply(500, nil, "<html>oops</html>"), crm.CodeBadAnswer, true, 3, "500"},
		{"an empty answer", body("{}"), crm.CodeBadAnswer, true, 3, "GetTableMetadata"},
		{"no such table", refusal(400, "MetadataException", "Entity Not Found (Service: AmazonDataCatalog)"), crm.CodeNotFound, false, 1, "salespro.orders"},
		{"a wrong key", refusal(400, "UnrecognizedClientException", "no"), crm.CodeAuth, false, 1, "ACME_KEY"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := play().on("GetTableMetadata", test.answer)
				_, err := dial(t, f, nil).Columns(t.Context(), "orders")
				e := explained(t, err, test.code)
				mustHave(t, e.Error()+" "+e.Fix, test.says)
				if errors.Is(err, ErrNoMetadata) != test.without {
					t.Errorf("ErrNoMetadata %t: %v", !test.without, err)
				}
				if errors.Is(err, ErrNoTable) != (test.name == "no such table") {
					t.Errorf("ErrNoTable %t: %v", errors.Is(err, ErrNoTable), err)
				}
				if n := f.made("GetTableMetadata"); n != test.calls {
					t.Errorf("%d calls, want %d", n, test.calls)
				}
			})
		})
	}
}
