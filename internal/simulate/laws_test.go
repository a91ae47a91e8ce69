package simulate

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/source/salesrabbit"
	"github.com/warren-sync/warren/internal/warehouse"
)

func noon(minute int) time.Time {
	return time.Date(2026, 5, 1, 12, minute, 0, 0, time.UTC)
}

func text(s string) *string { return &s }

// court is a trial of a good run over one lead: no law has anything to say.
func court(t *testing.T) *trial {
	t.Helper()
	source := salesrabbit.Source()
	leads, _ := source.Stream("leads")
	w := &world{stream: leads, token: "hunter2", facts: map[string]fact{}, hand: &hand{}, config: &config{}}
	w.people = &people{world: w}
	w.company = &rabbit{world: w, ties: ties{least: 1}}
	f := w.fact([]byte(`{"id":7,"dateModified":"2026-05-01T12:01:00+00:00","latitude":"1.50"}`))
	counts := crm.Counts{Fetched: 1, Created: 1}
	return &trial{
		world: w,
		ran: ran{
			ask: engine.Ask{BatchSize: 1}, began: noon(5), written: counts, deletes: crm.DeletesSoft,
			run: crm.Run{ID: 1, Mode: crm.ModeIncremental, Status: crm.StatusSuccess, Counts: counts},
		},
		before: snapshot{rows: map[string]row{}},
		after: snapshot{
			rows: map[string]row{"7": {"data": text(string(f.raw)), "date_modified": text("2026-05-01T12:01:00.000000Z")}},
			runs: []stored{{id: 1, status: "success", counts: counts, start: noon(5), end: noon(6)}}, watermark: noon(3),
		},
		facts: []fact{f},
	}
}

// deleting lets the run deal with a row 8 that is gone from the source.
func (t *trial) deleting(how crm.Deletes) {
	counts := crm.Counts{Fetched: 1, Unchanged: 1, Deleted: 1}
	t.ran.deletes, t.ran.written, t.ran.run.Counts = how, counts, counts
	t.after.runs[0].counts = counts
	t.after.watermark = time.Time{}
	t.after.rows["8"] = row{}
	t.before.rows = map[string]row{"7": t.after.rows["7"], "8": {}}
}

// comparing makes the run a dry verify run, over a row that is right.
func (t *trial) comparing() {
	right := func() snapshot {
		return snapshot{rows: map[string]row{"7": {
			"data": t.after.rows["7"]["data"], "id": text("7"), "latitude": text("1.5"), "date_modified": text("2026-05-01T12:01:00Z"),
		}}}
	}
	t.ran.ask.Verify, t.ran.ask.DryRun, t.ran.calm, t.ran.idle = true, true, true, true
	t.before = snapshot{rows: t.after.rows, runs: t.after.runs, watermark: t.after.watermark}
	t.compared = compared{right(), right()}
}

func judged(t *trial) error {
	for _, law := range laws() {
		if err := law(t); err != nil {
			return err
		}
	}
	return nil
}

// Each law has to be able to say no, also those that no life has broken yet.
func TestEachLawNoticesItsBreach(t *testing.T) {
	if err := judged(court(t)); err != nil {
		t.Fatalf("a good run is accused: %v", err)
	}
	fault := func(code crm.Code) error { return &crm.Error{Code: code, Message: "no", Fix: "so"} }
	for name, c := range map[string]struct {
		law    string
		change func(*trial)
	}{
		"an error without a code":         {"errors", func(t *trial) { t.ran.err = errors.New("failed") }},
		"an error without a fix":          {"errors", func(t *trial) { t.ran.err = &crm.Error{Code: crm.CodeAuth, Message: "no"} }},
		"a fault of Warren's own":         {"errors", func(t *trial) { t.ran.err = fault(crm.CodeCounts) }},
		"a failure without a reason":      {"L4", func(t *trial) { t.ran.err, t.ran.calm = fault(crm.CodeAuth), true }},
		"a watermark that goes back":      {"L1", func(t *trial) { t.before.watermark = noon(4) }},
		"a watermark of a failed run":     {"L1", func(t *trial) { t.after.runs[0].status = "failed" }},
		"a watermark of a capped run":     {"L1", func(t *trial) { t.ran.ask.MaxRecords = 1 }},
		"a record that is missing":        {"L1", func(t *trial) { t.after.rows = map[string]row{} }},
		"a record that is old":            {"L1", func(t *trial) { t.after.rows["7"]["data"] = text(`{"id":7}`) }},
		"counts that do not add up":       {"L2", func(t *trial) { t.ran.run.Counts.Fetched++ }},
		"a history that does not add up":  {"L2", func(t *trial) { t.after.runs[0].counts.Fetched++ }},
		"batches that say something else": {"L2", func(t *trial) { t.ran.written.Issues++ }},
		"rows that nobody created":        {"L2", func(t *trial) { t.after.rows["8"] = row{} }},
		"a dry run in the history":        {"L6", func(t *trial) { t.ran.ask.DryRun, t.after.watermark = true, time.Time{} }},
		"a dry run in the table": {"L6", func(t *trial) {
			t.ran.ask.DryRun, t.after.watermark, t.before.runs = true, time.Time{}, t.after.runs
			t.before.rows["7"] = row{"data": text("{}")}
		}},
		"a run that nobody has": {"L7", func(t *trial) {
			t.after.runs = append(t.after.runs, stored{id: 2, status: "running"})
			t.after.watermark = time.Time{}
		}},
		"a run that ended and has the stream": {"L7", func(t *trial) {
			t.after.runs = append(t.after.runs, stored{id: 2, status: "running"})
			t.after.holder, t.after.watermark = 2, time.Time{}
		}},
		"a token in the history": {"L8", func(t *trial) { t.after.runs[0].message = "Bearer hunter2" }},
		"a token in an error": {"L8", func(t *trial) {
			t.ran.err = &crm.Error{Code: crm.CodeAuth, Message: "no", Fix: "do not use hunter2"}
			t.after.watermark = time.Time{}
		}},
		"a row that goes back in time": {"L9", func(t *trial) {
			t.before.rows["7"] = row{"date_modified": text("2026-05-01T12:02:00.000000Z")}
			t.before.runs = t.after.runs
		}},
		"a living record marked as deleted": {"L3", func(t *trial) { t.after.rows["7"][deletedRun] = text("1") }},
		"a living record whose row is deleted": {"L3", func(t *trial) {
			t.deleting(crm.DeletesHard)
			delete(t.after.rows, "7")
		}},
		"a row that is deleted where rows are marked": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesHard)
			delete(t.after.rows, "8")
			t.ran.deletes, t.before.runs = crm.DeletesSoft, []stored{{counts: crm.Counts{Created: 1}}}
		}},
		"a row that is marked where rows are deleted": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesHard)
			t.after.runs[0].counts.Deleted, t.ran.run.Counts.Deleted, t.ran.written.Deleted = 0, 0, 0
			t.after.rows["8"][deletedRun] = text("1")
		}},
		"a mark of no run": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesSoft)
			t.after.rows["8"] = row{deletedRun: text("9"), deletedAt: text("2026-05-01T12:05:30Z")}
		}},
		"a mark without a time": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesSoft)
			t.after.rows["8"] = row{deletedRun: text("1")}
		}},
		"a mark at a time when nothing ran": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesSoft)
			t.after.rows["8"] = row{deletedRun: text("1"), deletedAt: text("2026-05-01T12:07:00Z")}
		}},
		"a mark that changes when the source deleted": {"deletes", func(t *trial) {
			t.deleting(crm.DeletesSoft)
			t.before.rows["8"] = row{deletedAt: text("2026-05-01T11:00:00Z")}
			t.after.rows["8"] = row{deletedRun: text("1"), deletedAt: text("2026-05-01T12:05:30Z")}
		}},
		"a full run that leaves a mark": {"L4", func(t *trial) {
			t.ran.run.Mode, t.after.watermark = crm.ModeFull, time.Time{}
			t.before.rows["7"], t.before.runs = row{deletedRun: text("1")}, t.after.runs
			t.after.rows["7"][deletedRun] = text("1")
		}},
		"a full run that leaves an old row": {"L4", func(t *trial) {
			t.ran.run.Mode, t.after.watermark = crm.ModeFull, time.Time{}
			t.after.rows["7"]["data"] = text(`{"id":7}`)
		}},
		"a full run that brings nothing": {"L4", func(t *trial) {
			t.ran.run.Mode, t.after.watermark, t.before.runs = crm.ModeFull, time.Time{}, t.after.runs
			t.after.rows = map[string]row{}
		}},
		"a verify that finds nothing": {"verify", func(t *trial) {
			t.comparing()
			t.compared.before.rows = map[string]row{}
		}},
		"a verify that finds what is right": {"verify", func(t *trial) {
			t.comparing()
			t.ran.findings = []crm.Finding{{Kind: crm.Stale, RecordID: "7"}}
		}},
		"a verify that calls an edit pending": {"verify", func(t *trial) {
			t.comparing()
			t.before.watermark, t.edits = t.after.watermark, map[string]edit{"7": {}}
			t.compared.before.rows["7"] = row{"data": text("{}")}
			t.ran.findings = []crm.Finding{{Kind: crm.Different, RecordID: "7", Pending: true}}
		}},
		"a verify that calls wrong what is pending": {"verify", func(t *trial) {
			t.comparing()
			t.before.watermark, t.after.watermark = noon(1), noon(1)
			t.compared.before.rows = map[string]row{}
			t.ran.findings = []crm.Finding{{Kind: crm.Missing, RecordID: "7"}}
		}},
		"a repair that leaves a row": {"L4", func(t *trial) {
			t.comparing()
			t.ran.ask.DryRun, t.compared.after.rows = false, map[string]row{}
		}},
		"a repair that leaves an extra row": {"verify", func(t *trial) {
			t.comparing()
			t.ran.ask.DryRun = false
			t.compared.after.rows["8"] = row{}
		}},
		"a row that is not what its record says": {"L5", func(t *trial) {
			t.touched.rows = map[string]row{"7": {"data": t.after.rows["7"]["data"], "id": text("7"), "email": text("x")}}
		}},
		"a row that holds another's record": {"L5", func(t *trial) {
			t.touched.rows = map[string]row{"8": t.after.rows["7"]}
		}},
		"a row that is written for nothing": {"L10", func(t *trial) {
			t.before.rows["7"], t.before.runs = maps.Clone(t.after.rows["7"]), t.after.runs
			t.after.rows["7"]["synced_at"] = text("2026-05-01T12:05:30Z")
		}},
		"a replay that takes a mark away": {"replay", func(t *trial) {
			t.ran.ask.Replay, t.before.runs = true, t.after.runs
			t.before.rows["7"] = row{deletedRun: text("1")}
		}},
		"a replay that leaves open what it wrote": {"replay", func(t *trial) {
			t.ran.ask.Replay, t.after.open = true, []string{`{"id":7}`}
		}},
		"a look that finds what nobody edited": {"verify", func(t *trial) {
			t.ran.calm, t.ran.idle, t.ran.run.Check = true, true, &crm.Check{Different: 1}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			trial := court(t)
			c.change(trial)
			var b *Breach
			if err := judged(trial); !errors.As(err, &b) || b.Law != c.law {
				t.Errorf("%v, want a breach of %s", err, c.law)
			}
		})
	}
}

func TestL8TheTokenIsFoundInEveryKindOfEvent(t *testing.T) {
	bad := &crm.Error{Code: crm.CodeAuth, Message: "no", Err: errors.New("Bearer hunter2")}
	for _, event := range []crm.Event{
		crm.RetryScheduled{Err: bad}, crm.BreakerOpened{Err: bad}, crm.Notice{Message: "hunter2"}, crm.IssueFound{Issue: crm.Issue{Value: "hunter2"}},
		crm.RecordFailed{Reject: crm.Reject{Reason: "hunter2"}}, crm.RunFinished{Err: bad},
		crm.RunFinished{Run: crm.Run{Configuration: map[string]any{"token": "hunter2"}}},
	} {
		w := &world{token: "hunter2"}
		w.keepSecret(event)
		var b *Breach
		if !errors.As(w.found(), &b) || b.Law != "L8" {
			t.Errorf("%T: %v", event, w.found())
		}
	}
	w := &world{token: "hunter2"}
	w.keepSecret(crm.Notice{Message: "nothing"})
	if w.found() != nil {
		t.Error(w.found())
	}
}

// silent is a session that takes what it is given.
type silent struct{ engine.Session }

func (silent) Write(context.Context, *warehouse.Batch) (warehouse.Written, error) {
	return warehouse.Written{}, nil
}

func TestL11ABatchOverItsBoundIsNoticed(t *testing.T) {
	w := &world{}
	s := &watched{Session: silent{}, world: w, ask: engine.Ask{BatchSize: 2}}
	for n := range 4 {
		if _, err := s.Write(t.Context(), &warehouse.Batch{Rows: make([]crm.Row, n)}); err != nil {
			t.Fatal(err)
		}
		if noticed := w.found() != nil; noticed != (n > 2) {
			t.Errorf("a batch of %d: %v", n, w.found())
		}
	}
}

// What the oracle expects of values, and what it takes for the same.
func TestTheOracleKnowsWhatARecordSays(t *testing.T) {
	w := court(t).world
	f := w.fact([]byte(`{"id":7,"email":"x","latitude":"1.50","longitude":999,"campaignId":"12a","dateOfBirth":"","customFields":"{}",
		"appointment":{"a":1},"files":[1, 2],"userId":null,"dateModified":"2026-05-01T12:01:00+00:00"}`))
	good := row{
		"data": text(string(f.raw)), "id": text("7"), "email": text("x"), "latitude": text("1.5"), "custom_fields": text("{}"),
		"appointment": text(`{"a":1}`), "files": text("[1,2]"), "date_modified": text("2026-05-01 12:01:00+00"),
	}
	told := &snapshot{issues: map[[2]string]bool{{"7", "longitude"}: true, {"7", "campaign_id"}: true}}
	if d, u := w.differs(f, good, told); d != "" || u != "" {
		t.Errorf("a right row: %q %q", d, u)
	}
	if _, u := w.differs(f, good, &snapshot{}); !strings.Contains(u, "NULL and nobody is told") {
		t.Errorf("a NULL without an issue: %q", u)
	}
	for column, wrong := range map[string]*string{
		"data": text("{}"), "email": text("y"), "latitude": text("1.51"), "user_id": text("1"), "date_of_birth": text("2026-01-01"),
		"date_modified": nil, "files": text("[2,1]"), deletedAt: text("2026-01-01T00:00:00Z"), "longitude": text("999"),
	} {
		bad := row{}
		for c, v := range good {
			bad[c] = v
		}
		bad[column] = wrong
		if d, _ := w.differs(f, bad, told); d == "" {
			t.Errorf("a wrong %s is not noticed", column)
		}
	}
	if d, _ := w.differs(f, row{"data": text("no JSON")}, told); !strings.Contains(d, "no JSON") {
		t.Errorf("data that is no JSON: %q", d)
	}
	if w.fact([]byte(`["no object"]`)).id != "" || w.fact([]byte(`{"id":"x"}`)).id != "" {
		t.Error("a record without a usable id has one")
	}
	nested := w.fact([]byte(`{"id":1,"address":{"city":"Lehi"}}`)).values
	if got := at(nested, []string{"city", "address.city"}); string(got) != `"Lehi"` || at(nested, []string{"a.b", "address.x"}) != nil {
		t.Errorf("%s", got)
	}
}
