package ledger_test

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// rejected commits a batch of failed records as batch n of the run.
func rejected(t *testing.T, db testDB, run, n int64, rejects ...crm.Reject) {
	t.Helper()
	d := durable(run, n)
	d.Counts = crm.Counts{Fetched: int64(len(rejects)), Failed: int64(len(rejects))}
	d.Rejects = rejects
	mustCommit(t, db, d)
}

func entries(t *testing.T, db testDB, f ledger.Filter) []ledger.Entry {
	t.Helper()
	all, err := ledger.ListQuarantine(t.Context(), db, f)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func at(minutes int) crm.Value {
	return crm.TimestampValue(noon.Add(time.Duration(minutes) * time.Minute))
}

func TestL3_RejectKeepsItsBytes(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		raw := append([]byte("{\"id\": 7, \"note\": \"\x00\xff\xfe\", \"big\": \""), bytes.Repeat([]byte("ü"), 1<<20)...)
		held := acquire(t, db, far("1"))
		rejected(t, db, held.Run.ID, 1, crm.Reject{
			ID: "7", Raw: raw, Code: crm.CodeRefusedValue, Reason: "note holds \x00", Field: "note\x1b[31m",
			Value: "\x00\xff" + strings.Repeat("ü", 2000), Cursor: at(3), Fetched: noon.Add(time.Second),
		})
		listed := entries(t, db, ledger.Filter{})
		if len(listed) != 1 {
			t.Fatalf("%d entries", len(listed))
		}
		want := ledger.Entry{
			ID: listed[0].ID, StreamID: leads, RunID: held.Run.ID, RecordID: "7", Size: int64(len(raw)), Code: crm.CodeRefusedValue,
			Reason: `note holds \u0000`, Field: `note\u001b[31m`, Value: `\u0000\xff` + strings.Repeat("ü", (crm.MaxIssueValue-10)/2),
			Cursor: at(3), Attempts: 1, Status: ledger.EntryOpen, First: noon.Add(time.Second), Last: noon.Add(time.Second),
		}
		if !reflect.DeepEqual(listed[0], want) {
			t.Errorf("got\n%+v\nwant\n%+v", listed[0], want)
		}
		shown, err := ledger.ShowQuarantine(t.Context(), db, listed[0].ID)
		if err != nil || !bytes.Equal(shown.Raw, raw) {
			t.Errorf("%d bytes came back of %d, %v", len(shown.Raw), len(raw), err)
		}
		shown.Raw = nil
		if !reflect.DeepEqual(shown, want) {
			t.Errorf("got\n%+v\nwant\n%+v", shown, want)
		}
	})
}

func TestL3_EveryRejectHasItsEntry(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		var rejects []crm.Reject
		for n := range 120 {
			rejects = append(rejects, crm.Reject{ID: "id " + strconv.Itoa(n), Raw: []byte("{}")})
		}
		long := strings.Repeat("long", 2000)
		rejects = append(rejects,
			crm.Reject{Raw: []byte("null")}, crm.Reject{Raw: []byte("[]")}, crm.Reject{Raw: []byte("null")}, crm.Reject{},
			crm.Reject{ID: long + "a", Raw: []byte("a")}, crm.Reject{ID: long + "b", Raw: []byte("b")},
			crm.Reject{ID: "nul\x00", Raw: []byte("c")}, crm.Reject{ID: "bad\xff", Raw: []byte("d")},
		)
		rejected(t, db, held.Run.ID, 1, rejects...)
		rejected(t, db, held.Run.ID, 2, rejects...)
		all := entries(t, db, ledger.Filter{})
		if want := len(rejects) - 1; len(all) != want { // null came twice
			t.Errorf("%d entries, want %d", len(all), want)
		}
		for _, e := range all {
			if e.Attempts != 2 || e.Status != ledger.EntryOpen {
				t.Errorf("%q: %+v", e.RecordID, e)
			}
		}
		for _, id := range []string{long + "a", "nul\x00", "bad\xff"} {
			if got := entries(t, db, ledger.Filter{RecordID: id}); len(got) != 1 {
				t.Errorf("%d entries of %.10q", len(got), id)
			}
		}
		succeed(t, db, held.Run.ID, crm.Counts{Fetched: 256, Failed: 256}, noon)
		if again := acquire(t, db, far("1")); again.OpenQuarantine != int64(len(all)) {
			t.Errorf("%d entries are said to be open", again.OpenQuarantine)
		}
	})
}

// What becomes of an entry when the same record fails again, by the state of
// the entry and by what comes.
func TestL3_RejectedAgain(t *testing.T) {
	cases := map[string]struct {
		state   string
		raw     string
		cursor  crm.Value
		status  string
		keeps   string // the bytes in the quarantine after it
		retried bool
	}{
		"open":                        {"open", "old", at(0), "open", "old", true},
		"open, changed":               {"open", "new", at(1), "open", "new", true},
		"open, an older version":      {"open", "older", at(-1), "open", "old", false},
		"open, without a time":        {"open", "new", crm.Value{}, "open", "new", true},
		"replayed":                    {"replayed", "new", at(1), "open", "new", true},
		"replaced":                    {"replaced", "old", at(0), "open", "old", true},
		"replaced, an older version":  {"replaced", "older", at(-1), "replaced", "old", false},
		"discarded":                   {"discarded", "old", at(0), "discarded", "old", true},
		"discarded, changed":          {"discarded", "new", at(1), "open", "new", true},
		"discarded, an older version": {"discarded", "older", at(-1), "discarded", "old", false},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		batch := int64(0)
		for name, c := range cases {
			batch++
			rejected(t, db, held.Run.ID, batch, crm.Reject{ID: name, Raw: []byte("old"), Cursor: at(0)})
			run(t, db, `UPDATE warren_quarantine SET status = $1, closed_at = $2, closed_run = 1 WHERE record_id = $3 AND $1 <> 'open'`, c.state, noon, name)
			batch++
			rejected(t, db, held.Run.ID, batch, crm.Reject{ID: name, Raw: []byte(c.raw), Cursor: c.cursor})
			got := entries(t, db, ledger.Filter{RecordID: name})[0]
			shown, err := ledger.ShowQuarantine(t.Context(), db, got.ID)
			if err != nil {
				t.Fatal(err)
			}
			if shown.Status != c.status || string(shown.Raw) != c.keeps || (shown.Attempts == 2) != c.retried || shown.Closed.IsZero() != (c.status == "open") {
				t.Errorf("%s: %+v with %q", name, shown, shown.Raw)
			}
		}
	})
}

func TestL3_NewestOfABatchIsKept(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		rejected(t, db, held.Run.ID, 1,
			crm.Reject{ID: "1", Raw: []byte("new"), Cursor: at(1)}, crm.Reject{ID: "1", Raw: []byte("old"), Cursor: at(0)})
		e := entries(t, db, ledger.Filter{})[0]
		if shown, err := ledger.ShowQuarantine(t.Context(), db, e.ID); err != nil || string(shown.Raw) != "new" || shown.Attempts != 1 {
			t.Errorf("%+v with %q, %v", shown, shown.Raw, err)
		}
	})
}

// An entry closes when a version of its record is written that is as new, and
// not when an older one is (L9).
func TestL3_EntryClosesWhenItsRecordIsWritten(t *testing.T) {
	cases := map[string]struct {
		entry, written crm.Value
		status         string
	}{
		"newer":               {at(0), at(1), "replaced"},
		"equal":               {at(0), at(0), "replaced"},
		"older":               {at(0), at(-1), "open"},
		"entry without time":  {crm.Value{}, at(0), "replaced"},
		"record without time": {at(0), crm.Value{}, "replaced"},
		"a text for a time":   {crm.TextValue([]byte("b")), crm.TextValue([]byte("a")), "replaced"},
		"a number":            {crm.IntegerValue(1<<62 + 1), crm.IntegerValue(1 << 62), "open"},
		`"quoted" \ 'name' ü`: {at(0), at(1), "replaced"},
	}
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		batch := int64(1)
		rejected(t, db, held.Run.ID, batch, crm.Reject{ID: "another", Raw: []byte("{}")})
		for name, c := range cases {
			rejected(t, db, held.Run.ID, batch+1, crm.Reject{ID: name, Raw: []byte("{}"), Cursor: c.entry})
			batch += 2
			d := durable(held.Run.ID, batch)
			d.Written = []ledger.Version{{ID: "unknown"}, {ID: name, Cursor: c.written}}
			d.Now = noon.Add(time.Hour)
			mustCommit(t, db, d)
			e := entries(t, db, ledger.Filter{RecordID: name})[0]
			if e.Status != c.status {
				t.Errorf("%s: the entry is %s, want %s", name, e.Status, c.status)
			}
			if closed := e.Closed.Equal(noon.Add(time.Hour)) && e.ClosedBy == held.Run.ID; closed != (c.status != "open") {
				t.Errorf("%s: closed at %s by %d", name, e.Closed, e.ClosedBy)
			}
		}
		if got := entries(t, db, ledger.Filter{RecordID: "another"}); got[0].Status != "open" {
			t.Error("the entry of another record was closed")
		}
	})
}

func TestL3_GoodAndBadVersionInOneBatch(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		d := durable(held.Run.ID, 1)
		d.Written = []ledger.Version{{ID: "1", Cursor: at(0)}}
		d.Rejects = []crm.Reject{{ID: "1", Raw: []byte("{}"), Cursor: at(1)}}
		mustCommit(t, db, d)
		if e := entries(t, db, ledger.Filter{}); len(e) != 1 || e[0].Status != "open" {
			t.Errorf("got %+v", e)
		}
	})
}

func TestQuarantineReplayAndDiscard(t *testing.T) {
	onMigrated(t, func(t *testing.T, db testDB) {
		held := acquire(t, db, far("1"))
		rejected(t, db, held.Run.ID, 1, crm.Reject{ID: "1", Raw: []byte("1")}, crm.Reject{ID: "2", Raw: []byte("2")}, crm.Reject{ID: "3", Raw: []byte("3")})
		all := entries(t, db, ledger.Filter{})
		db.setNow(noon.Add(time.Second))
		if err := db.InTx(t.Context(), func(tx ledger.Conn) error {
			return ledger.MarkReplayed(t.Context(), tx, all[0].ID, held.Run.ID, noon)
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := ledger.Discard(t.Context(), db, all[0].ID, all[1].ID, 999); n != 1 || err != nil {
			t.Errorf("%d discarded, %v", n, err)
		}
		d := durable(held.Run.ID, 2) // a good version of all comes: what was closed stays as it was closed
		d.Written = []ledger.Version{{ID: "1"}, {ID: "2"}}
		mustCommit(t, db, d)
		if n, err := ledger.Discard(t.Context(), db); n != 0 || err != nil {
			t.Errorf("%d discarded of none, %v", n, err)
		}
		for i, want := range []string{ledger.EntryReplayed, ledger.EntryDiscarded, ledger.EntryOpen} {
			if e, err := ledger.ShowQuarantine(t.Context(), db, all[i].ID); err != nil || e.Status != want || len(e.Raw) != 1 {
				t.Errorf("entry %d: %+v, %v", i, e, err)
			}
		}
		if open := entries(t, db, ledger.Filter{Source: "salesrabbit", Stream: "leads", Status: ledger.EntryOpen}); len(open) != 1 || open[0].RecordID != "3" {
			t.Errorf("open: %+v", open)
		}
		if page := entries(t, db, ledger.Filter{After: all[0].ID, Limit: 1}); len(page) != 1 || page[0].ID != all[1].ID {
			t.Errorf("second page: %+v", page)
		}
		_, err := ledger.ShowQuarantine(t.Context(), db, 999)
		wantCode(t, err, crm.CodeUsage, "999")
		wantCode(t, db.InTx(t.Context(), func(tx ledger.Conn) error {
			return ledger.MarkReplayed(t.Context(), tx, 999, held.Run.ID, noon)
		}), crm.CodeUsage, "999")
	})
}
