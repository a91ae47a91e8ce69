package ledger_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func issues(t *testing.T, db testDB, f ledger.Filter) []ledger.StoredIssue {
	t.Helper()
	all, err := ledger.Issues(t.Context(), db, f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// told lists the issues as "record rule".
func told(all []ledger.StoredIssue) []string {
	var out []string
	for _, i := range all {
		out = append(out, i.RecordID+" "+i.Rule)
	}
	return out
}

func TestL5_IssueTellsRecordFieldAndValue(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Written = []ledger.Version{{ID: "7"}}
		d.Issues = []crm.Issue{
			{RecordID: "7", Field: "phonePrimary", Column: "phone_primary", Value: "12\x00 \"é\" \\u0000 \x1b[0m\n", Rule: "phone", Message: "too short", Effect: crm.EffectKept},
			{RecordID: "7", Value: strings.Repeat("x", crm.MaxIssueValue-1) + "é", Rule: "length"},
		}
		mustCommit(t, db, d)
		want := []crm.Issue{
			{RecordID: "7", Field: "phonePrimary", Column: "phone_primary", Value: `12\u0000 "é" \u0000 \u001b[0m\u000a`, Rule: "phone", Message: "too short", Effect: crm.EffectKept},
			{RecordID: "7", Value: strings.Repeat("x", crm.MaxIssueValue-1), Rule: "length"},
		}
		got := issues(t, db, ledger.Filter{Source: "salesrabbit", Stream: "leads", RecordID: "7"})
		if len(got) != len(want) {
			t.Fatalf("got %+v", got)
		}
		for i := range want {
			if !reflect.DeepEqual(got[i].Issue, want[i]) || got[i].StreamID != leads || got[i].RunID != held.Run.ID || !got[i].Found.Equal(noon) {
				t.Errorf("got\n%+v\nwant\n%+v", got[i], want[i])
			}
		}
		if page := issues(t, db, ledger.Filter{After: got[0].ID, Limit: 5}); len(page) != 1 || page[0].Rule != "length" {
			t.Errorf("second page: %+v", page)
		}
	})
}

// The issues of a record are those of the version that was written last.
func TestL5_IssuesFollowTheRecord(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		steps := []struct {
			name    string
			written []ledger.Version
			issues  []crm.Issue
			want    []string
		}{
			{"first", []ledger.Version{{ID: "1"}, {ID: "2"}},
				[]crm.Issue{{RecordID: "1", Rule: "phone"}, {RecordID: "1", Rule: "email"}, {RecordID: "2", Rule: "zip"}},
				[]string{"1 phone", "1 email", "2 zip"}},
			{"one is mended in part", []ledger.Version{{ID: "1"}}, []crm.Issue{{RecordID: "1", Rule: "phone"}}, []string{"2 zip", "1 phone"}},
			{"another altogether", []ledger.Version{{ID: "2"}}, nil, []string{"1 phone"}},
			{"the record fails", nil, []crm.Issue{{RecordID: "1", Rule: "strict"}}, []string{"1 strict"}},
			{"one without an id", nil, []crm.Issue{{Rule: "key"}, {Rule: "key"}}, []string{"1 strict", " key", " key"}},
			{"another without an id", nil, []crm.Issue{{Rule: "key 2"}}, []string{"1 strict", " key", " key", " key 2"}},
		}
		for n, step := range steps {
			d := durable(held.Run.ID, int64(n+1))
			d.Written, d.Issues = step.written, step.issues
			mustCommit(t, db, d)
			if got := told(issues(t, db, ledger.Filter{})); !reflect.DeepEqual(got, step.want) {
				t.Errorf("%s: got %q, want %q", step.name, got, step.want)
			}
		}
		succeed(t, db, held.Run.ID, crm.Counts{Fetched: int64(len(steps)), Created: int64(len(steps))}, noon)
		next := acquire(t, db, far("1"))
		if next.OpenIssues != 4 {
			t.Errorf("%d issues are said to be stored", next.OpenIssues)
		}
		d := durable(next.Run.ID, 1)
		d.Issues = []crm.Issue{{Rule: "key 3"}}
		mustCommit(t, db, d)
		if got, want := told(issues(t, db, ledger.Filter{})), []string{"1 strict", " key 3"}; !reflect.DeepEqual(got, want) {
			t.Errorf("the next run: got %q, want %q", got, want)
		}
	})
}

func TestL5_OtherStreamsKeepTheirIssues(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		for _, stream := range []string{"users", "leads"} {
			c := claim(far("1"))
			c.ID.Stream = stream
			held, err := ledger.Acquire(t.Context(), db, c)
			if err != nil {
				t.Fatal(err)
			}
			d := durable(held.Run.ID, 1)
			d.ID = c.ID
			d.Written, d.Issues = []ledger.Version{{ID: "1"}}, []crm.Issue{{RecordID: "1", Rule: stream}}
			mustCommit(t, db, d)
		}
		if got, want := told(issues(t, db, ledger.Filter{})), []string{"1 users", "1 leads"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Issues of runs that did not end well and brought nothing into the table are about
// rows that are nowhere; whatever else is known stays.
func TestL5_IssuesOfRowsThatNeverCameInAreForgotten(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		for n, run := range []struct {
			stream string
			status crm.Status
			counts crm.Counts
			id     string
		}{
			{"leads", crm.StatusFailed, crm.Counts{}, "nowhere"},
			{"leads", crm.StatusCancelled, crm.Counts{}, "nowhere, too"},
			{"leads", crm.StatusFailed, crm.Counts{}, ""},
			{"leads", crm.StatusFailed, crm.Counts{Fetched: 1, Created: 1}, "created"},
			{"leads", crm.StatusFailed, crm.Counts{Fetched: 1, Updated: 1}, "updated"},
			{"leads", crm.StatusSuccess, crm.Counts{}, "well ended"},
			{"users", crm.StatusFailed, crm.Counts{}, "of another stream"},
		} {
			c := claim(far("1"))
			c.ID.Stream = run.stream
			held, err := ledger.Acquire(t.Context(), db, c)
			if err != nil {
				t.Fatal(err)
			}
			d := durable(held.Run.ID, int64(n+1))
			d.ID, d.Counts, d.CleanIssues, d.Issues = c.ID, run.counts, false, []crm.Issue{{RecordID: run.id, Rule: "rule"}}
			mustCommit(t, db, d)
			if _, err := ledger.Finish(t.Context(), db, ledger.Outcome{ID: c.ID, RunID: held.Run.ID, Status: run.status, Counts: run.counts}); err != nil {
				t.Fatal(err)
			}
		}
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 100)
		d.Counts, d.Issues = crm.Counts{}, []crm.Issue{{RecordID: "staged", Rule: "rule"}}
		mustCommit(t, db, d)
		if err := ledger.ForgetFruitless(t.Context(), db, leads, held.Run.ID); err != nil {
			t.Fatal(err)
		}
		want := []string{" rule", "created rule", "updated rule", "well ended rule", "of another stream rule", "staged rule"}
		if got := told(issues(t, db, ledger.Filter{})); !reflect.DeepEqual(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestL5_ManyIssuesGoInOneStatement(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		for range 5000 {
			d.Issues = append(d.Issues, crm.Issue{RecordID: "1", Rule: "phone", Value: "'; DROP TABLE warren_issue; --"})
		}
		statements := 0
		if err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			return ledger.Commit(t.Context(), counting{tx, &statements}, d)
		}); err != nil {
			t.Fatal(err)
		}
		wantTexts(t, db, []string{"5000"}, `SELECT CAST(count(*) AS text) FROM warren_issue`)
		if statements != 4 { // the fence, the counts, the old issues, the new ones
			t.Errorf("%d statements", statements)
		}
	})
}
