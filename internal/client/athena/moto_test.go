package athena

import (
	"testing"
	"testing/synctest"

	"github.com/warren-sync/warren/internal/crm"
)

// What others who speak Athena's language leave out of their answers: each is
// understood or refused in plain words, and none makes Warren crash.

func TestMotoLeavesOutOfAnExecution(t *testing.T) {
	tests := []struct {
		name   string
		change func(q fields)
	}{
		{"the result configuration", func(q fields) { delete(q, "ResultConfiguration") }},
		{"the output location", func(q fields) { q["ResultConfiguration"] = fields{} }},
		{"the statistics", func(q fields) { delete(q, "Statistics") }},
		{"what is in the statistics", func(q fields) { q["Statistics"] = fields{} }},
		{"the times", func(q fields) { q["Status"] = fields{"State": "SUCCEEDED"} }},
		{"everything but the state", func(q fields) {
			clear(q)
			q["Status"] = fields{"State": "SUCCEEDED"}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := play().on("GetQueryExecution", state(Succeeded, test.change)).
				on("GetQueryResults", table("", "a:varchar", "a", "1")).on("GetObject", blob{text: "\"a\"\n\"1\"\n"}.serve)
			c := dial(t, f, nil)
			x, err := c.Await(t.Context(), queryID, 1)
			if err != nil || x.ID != queryID || x.State != Succeeded {
				t.Fatalf("%+v: %v", x, err)
			}
			rows, err := read(t, results(t, c, x, Options{}))
			if len(rows) != 1 || err != nil {
				t.Errorf("%d rows: %v", len(rows), err)
			}
		})
	}
}

func TestMotoLeavesOutWhatWasAskedFor(t *testing.T) {
	empty := []string{"{}", `{"QueryExecution":null}`, `{"QueryExecution":{}}`, `{"QueryExecution":{"Status":{}}}`, "", "null"}
	for _, text := range empty {
		synctest.Test(t, func(t *testing.T) {
			_, err := dial(t, play().on("GetQueryExecution", body(text)), nil).Await(t.Context(), queryID, 0)
			mustFail(t, err, crm.CodeBadAnswer)
		})
	}
	for _, text := range []string{"{}", `{"ResultSet":null}`, `{"ResultSet":{}}`, `{"ResultSet":{"Rows":[{"Data":[{"VarCharValue":"a"}]}]}}`, ""} {
		synctest.Test(t, func(t *testing.T) {
			_, err := dial(t, play().on("GetQueryResults", body(text)), nil).Results(t.Context(), managed(), Options{})
			mustFail(t, err, crm.CodeBadAnswer)
		})
	}
	for _, text := range []string{"{}", `{"QueryExecutionId":null}`, `{"QueryExecutionId":""}`} {
		synctest.Test(t, func(t *testing.T) {
			_, err := dial(t, play().on("StartQueryExecution", body(text)), nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token})
			mustFail(t, err, crm.CodeBadAnswer)
		})
	}
}

func TestMotoDoesNotKnowTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("GetQueryExecution", reply(500, nil, "<html>Internal Server Error</html>"))
		_, err := dial(t, f, nil).Await(t.Context(), queryID, 0)
		mustFail(t, err, crm.CodeSourceDown)
	})
}

func TestARowWithoutCells(t *testing.T) {
	f := play().on("GetQueryResults", body(`{"ResultSet":{"ResultSetMetadata":{"ColumnInfo":[{"Name":"a"}]},"Rows":[{"Data":[{"VarCharValue":"a"}]},{}]}}`))
	_, err := dial(t, f, nil).Results(t.Context(), managed(), Options{})
	mustFail(t, err, crm.CodeBadAnswer)
}

// An unknown query has such a result too: it must not look like no rows (L3).
func TestL3AResultWithoutColumnsIsNoSelect(t *testing.T) {
	f := play().on("GetQueryResults", body(`{"UpdateCount":0,"ResultSet":{"ResultSetMetadata":{"ColumnInfo":[]},"Rows":[]}}`))
	c := dial(t, f, nil)
	_, err := c.Results(t.Context(), managed(), Options{})
	mustFail(t, err, crm.CodeBadAnswer)
	x := managed()
	x.Statement = "DDL"
	r := results(t, c, x, Options{})
	if rows, err := read(t, r); len(rows) != 0 || err != nil || len(r.Columns()) != 0 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
}
