package athena

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// managed is a SELECT whose result Athena keeps to itself.
func managed() Execution {
	x := done()
	x.Output = ""
	return x
}

func TestTrapTheHeaderStandsOnPageOneOnly(t *testing.T) {
	f := play().on("GetQueryResults",
		table("t2", "a:varchar,b:integer", "a,b", "1,NULL", "a,b"), // the second "a,b" is data
		table("t3", "a:varchar,b:integer", "a,b"),                  // and so is this
		table("", "a:varchar,b:integer", ",3"))
	r := results(t, dial(t, f, nil), done(), Options{Mode: Pages})
	rows, err := read(t, r)
	if diff := cmp.Diff([]string{"'1' NULL", "'a' 'b'", "'a' 'b'", "'' '3'"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	if diff := cmp.Diff([]Column{{Name: "a", Type: "varchar"}, {Name: "b", Type: "integer"}}, r.Columns()); diff != "" {
		t.Error(diff)
	}
	for n, token := range []any{nil, "t2", "t3"} {
		if in := f.input(t, "GetQueryResults", n); in["MaxResults"] != 1000.0 || in["NextToken"] != token {
			t.Errorf("call %d: %v", n, in)
		}
	}
}

func TestTrapWhatIsNoSelectHasNoHeader(t *testing.T) {
	for _, statement := range []string{"DDL", "UTILITY"} {
		x := managed()
		x.Statement = statement
		rows, err := read(t, results(t, dial(t, play().on("GetQueryResults", table("", "tab_name:string", "tab_name", "customer")), nil), x, Options{}))
		if diff := cmp.Diff([]string{"'tab_name'", "'customer'"}, rows); diff != "" || err != nil {
			t.Errorf("%s: %v: %s", statement, err, diff)
		}
	}
	// EXPLAIN is DML and has none either.
	rows, err := read(t, results(t, dial(t, play().on("GetQueryResults", table("", "Query Plan:varchar", "Fragment 0")), nil), managed(), Options{}))
	if diff := cmp.Diff([]string{"'Fragment 0'"}, rows); diff != "" || err != nil {
		t.Errorf("EXPLAIN: %v: %s", err, diff)
	}
}

func TestTrapManagedResultsHaveNoFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", table("", "a:varchar", "a", "1")).
			on("GetQueryExecution", state(Succeeded, func(q fields) {
				q["ManagedQueryResultsConfiguration"] = fields{"Enabled": true}
			}))
		c := dial(t, f, nil)
		x, err := c.Await(t.Context(), queryID, 0)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := read(t, results(t, c, x, Options{}))
		if len(rows) != 1 || err != nil || f.made("GetObject") != 0 {
			t.Errorf("%d rows, %d calls to S3: %v", len(rows), f.made("GetObject"), err)
		}
	})
}

func TestEmptyPages(t *testing.T) {
	f := play().on("GetQueryResults", table("t2", "a:varchar", "a"), table("t3", "a:varchar"), table("t4", "a:varchar", "1"), table("", "a:varchar"))
	rows, err := read(t, results(t, dial(t, f, nil), managed(), Options{}))
	if diff := cmp.Diff([]string{"'1'"}, rows); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
}

func TestL3PagesThatAreNotWhatTheySayAreErrors(t *testing.T) {
	tests := map[string][]answer{
		"a row too short":               {table("", "a:varchar,b:varchar", "a,b", "1")},
		"a row too long, on page two":   {table("t2", "a:varchar", "a", "1"), table("", "a:varchar", "1,2")},
		"a page that names itself next": {table("t2", "a:varchar", "a", "1"), table("t2", "a:varchar", "2")},
		"pages in a circle":             {table("t2", "a:varchar", "a", "1"), table("t3", "a:varchar", "2"), table("t2", "a:varchar", "3"), table("t3", "a:varchar", "2"), table("t2", "a:varchar", "3")},
		"no columns":                    {body(`{"ResultSet":{"ResultSetMetadata":{"ColumnInfo":[]},"Rows":[{"Data":[{}]}]}}`)},
		"nothing":                       {table("t2", "a:varchar", "a", "1"), body("{}")},
	}
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, err := dial(t, play().on("GetQueryResults", script...), nil).Results(t.Context(), managed(), Options{})
				if err == nil {
					_, err = read(t, r)
					_ = r.Close()
				}
				mustFail(t, err, crm.CodeBadAnswer)
			})
		})
	}
}

func TestPagesGoOnWhereTheyStopped(t *testing.T) {
	pages := map[any]answer{
		nil:  table("t2", "a:varchar", "a", "1", "2"),
		"t2": table("t3", "a:varchar", "a", "4"), // a row like the header
		"t3": table("", "a:varchar", "5"),
	}
	f := play()
	f.on("GetQueryResults", func(req *http.Request) (*http.Response, error) {
		return pages[f.input(t, "GetQueryResults", f.made("GetQueryResults")-1)["NextToken"]](req)
	})
	c := dial(t, f, nil)
	want := []string{"'1'", "'2'", "'a'", "'4'", "'5'"}
	for stop := range 6 {
		r := results(t, c, managed(), Options{})
		for range stop {
			r.Next(t.Context())
		}
		text, err := r.Position().MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var from Position
		if err := from.UnmarshalText(text); err != nil {
			t.Fatal(err)
		}
		x := done() // which way it was read is in the position
		rest := results(t, c, x, Options{Mode: File, From: from})
		rows, err := read(t, rest)
		if diff := cmp.Diff(want[stop:], append([]string{}, rows...)); diff != "" || err != nil {
			t.Errorf("behind row %d: %v: %s", stop, err, diff)
		}
	}
	_, err := c.Results(t.Context(), managed(), Options{From: Position{Query: queryID, Token: "t3", Rows: 2}})
	mustFail(t, err, crm.CodeBadAnswer)
}

func TestPagesSurviveWhatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryResults", table("t2", "a:varchar", "a", "1"), refusal(400, "ThrottlingException", "Rate exceeded"), failing(errReset), table("", "a:varchar", "2"))
		rows, err := read(t, results(t, dial(t, f, nil), managed(), Options{}))
		if len(rows) != 2 || err != nil {
			t.Errorf("%d rows: %v", len(rows), err)
		}
		f = play().on("GetQueryResults", table("t2", "a:varchar", "a", "1"), refusal(400, "InvalidRequestException", "Invalid token"))
		rows, err = read(t, results(t, dial(t, f, nil), managed(), Options{}))
		mustFail(t, err, crm.CodeSourceRefused)
		if len(rows) != 1 {
			t.Errorf("%d rows", len(rows))
		}
	})
}

// A fault of the types' question is a fault of the reading.
func TestTypesThatCannotBeAskedFor(t *testing.T) {
	f := play().on("GetQueryResults", refusal(400, "UnrecognizedClientException", "no"))
	_, err := dial(t, f, nil).Results(t.Context(), done(), Options{})
	mustFail(t, err, crm.CodeAuth)
}
