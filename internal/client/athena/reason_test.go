package athena

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

func TestWhyAQueryFailed(t *testing.T) {
	tests := []struct {
		name   string
		reason string
		of     fields // AthenaError; nil for none
		code   crm.Code
		retry  bool
		says   []string
	}{
		{"S3 asks for fewer requests", "HIVE_CURSOR_ERROR: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)", nil, crm.CodeRateLimit, true, nil},
		{"S3 asks for fewer requests at the output", "Unable to verify/create output bucket results: Please reduce your request rate. (Error Code: SlowDown)", nil, crm.CodeRateLimit, true, nil},
		{"throttling", "Rate exceeded (Service: AmazonDataCatalog; Status Code: 400; Error Code: ThrottlingException)", nil, crm.CodeRateLimit, true, nil},
		{"a split that cannot be opened", "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://lake/x", nil, crm.CodeSourceDown, true, nil},
		{"an internal error", "GENERIC_INTERNAL_ERROR: null", nil, crm.CodeSourceDown, true, nil},
		{"a file system error", "HIVE_FILESYSTEM_ERROR: Failed to list", nil, crm.CodeSourceDown, true, nil},
		{"bad data", "HIVE_BAD_DATA: Field price's type BINARY in parquet is incompatible with type double", nil, crm.CodeBadAnswer, false, []string{"price"}},
		{"a partition of another shape", "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch", nil, crm.CodeBadAnswer, false, nil},
		{"exhausted resources", "Query exhausted resources at this scale factor", nil, crm.CodeTooLarge, false, []string{"shorter time"}},
		{"too long", "Query timeout", nil, crm.CodeTimeout, false, nil},
		{"over the limit of the workgroup", "Bytes scanned limit was exceeded", nil, crm.CodeSourceRefused, false, []string{"workgroup"}},
		{"no such table", "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.salespro.custmer' does not exist", nil, crm.CodeNotFound, false, []string{"awsdatacatalog.salespro.custmer", "ACME_DATABASE", "salespro"}},
		{"no such table, of the engine before", "SYNTAX_ERROR: line 1:15: Table awsdatacatalog.salespro.custmer does not exist", nil, crm.CodeNotFound, false, []string{"awsdatacatalog.salespro.custmer"}},
		{"no such table, no name", "TABLE_NOT_FOUND", nil, crm.CodeNotFound, false, []string{"of that name"}},
		{"no such database", "SCHEMA_NOT_FOUND: line 1:15: Schema 'salesporo' does not exist", nil, crm.CodeNotFound, false, []string{"salesporo", "ACME_DATABASE"}},
		{"no such column", "COLUMN_NOT_FOUND: line 1:8: Column 'upadted_at' cannot be resolved or requester is not authorized to access requested resources", nil, crm.CodeSourceRefused, false, []string{"upadted_at", "mapping"}},
		{"bad syntax", "SYNTAX_ERROR: line 1:1: mismatched input 'SELCT'", nil, crm.CodeSourceRefused, false, []string{"SELCT"}},
		{"types that don't compare", "TYPE_MISMATCH: line 1:60: Cannot apply operator: varchar >= timestamp(3)", nil, crm.CodeSourceRefused, false, nil},
		{"a place that is not empty", "HIVE_PATH_ALREADY_EXISTS: Target directory for table 'x' already exists: s3://b/x", nil, crm.CodeSourceRefused, false, []string{"not empty"}},
		{"a right of Glue", "User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable on resource: arn:aws:glue:us-east-1:1:catalog because no policy allows it", nil, crm.CodeForbidden, false, []string{"glue:GetTable", "arn:aws:glue:us-east-1:1:catalog", "…MPLE", "IAM"}},
		{"a right of S3", "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: X)", nil, crm.CodeForbidden, false, []string{"s3:GetObject"}},
		{"a right of Lake Formation", "Insufficient Lake Formation permission(s) on customer", nil, crm.CodeForbidden, false, []string{"SELECT", "Lake Formation"}},
		{"an output bucket that is wrong", "Unable to verify/create output bucket results", nil, crm.CodeConfig, false, []string{"ACME_OUTPUT"}},
		{"nothing known", "MOON_PHASE_ERROR: full", nil, crm.CodeSourceRefused, false, []string{"full", "console"}},
		{"nothing at all", "", nil, crm.CodeSourceRefused, false, []string{"console"}},

		{"Athena says that it may help, against the text", "HIVE_BAD_DATA: x", fields{"ErrorCategory": 2, "ErrorType": 1100, "Retryable": true}, crm.CodeBadAnswer, true, nil},
		{"Athena says that it is no use, against the text", "GENERIC_INTERNAL_ERROR: x", fields{"ErrorCategory": 1, "ErrorType": 100, "Retryable": false}, crm.CodeSourceDown, false, nil},
		{"Athena says that it may help, of an output that is wrong", "Unable to verify/create output bucket results", fields{"ErrorCategory": 2, "ErrorType": 1, "Retryable": true}, crm.CodeConfig, false, nil},
		{"a lacking right is never worth a try", "Access Denied (Service: Amazon S3)", fields{"ErrorCategory": 2, "ErrorType": 1500, "Retryable": true}, crm.CodeForbidden, false, nil},
		{"the text is only in the AthenaError", "", fields{"ErrorCategory": 2, "ErrorType": 1000, "ErrorMessage": "Query exhausted resources at this scale factor"}, crm.CodeTooLarge, false, []string{"scale factor"}},
		{"only the number tells: resources", "odd", fields{"ErrorCategory": 1, "ErrorType": 5}, crm.CodeTooLarge, false, nil},
		{"only the number tells: timeout", "odd", fields{"ErrorCategory": 1, "ErrorType": 210}, crm.CodeTimeout, false, nil},
		{"only the number tells: internal", "odd", fields{"ErrorCategory": 1, "ErrorType": 204, "Retryable": true}, crm.CodeSourceDown, true, nil},
		{"a number that nobody knows", "odd", fields{"ErrorCategory": 3, "ErrorType": 9999}, crm.CodeSourceRefused, false, []string{"odd"}},
		{"an AthenaError that says nothing", "HIVE_FILESYSTEM_ERROR: x", fields{}, crm.CodeSourceDown, true, nil},
		{"a secret in the reason", "SYNTAX_ERROR: " + secretKey + " " + session + " " + accessKey, nil, crm.CodeSourceRefused, false, []string{"[secret]"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := play().on("GetQueryExecution", state(Failed, because(test.reason, test.of)))
			x, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
			e := explained(t, err, test.code)
			if e.Retryable != test.retry {
				t.Errorf("retryable %t: %v", e.Retryable, e)
			}
			mustHave(t, e.Error()+" "+e.Fix, test.says...)
			if errors.Is(err, ErrNoTable) != strings.HasPrefix(test.name, "no such table") {
				t.Errorf("ErrNoTable %t: %v", errors.Is(err, ErrNoTable), err)
			}
			if x.Scanned == 0 {
				t.Error("what it scanned is lost")
			}
			if strings.Contains(e.Error(), "\n") {
				t.Errorf("more than a line: %q", e.Error())
			}
		})
	}
}

func TestAQueryThatSomebodyStopped(t *testing.T) {
	f := play().on("GetQueryExecution", state(Cancelled, because("Query cancelled by user", nil)))
	_, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
	e := explained(t, err, crm.CodeSourceRefused)
	mustHave(t, e.Message, "somebody stopped it")
	if e.Retryable {
		t.Error("it would be started again against somebody's will")
	}
}
