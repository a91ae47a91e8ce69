package hubspot_test

import (
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// wide is how many properties are too many for an address.
const wide = 350

const custom = "divisions=2-37778609,genius_users=2-42119425"

func TestReadYieldsEveryRecordOfEveryType(t *testing.T) {
	s := account(t, sandbox.Config{Records: 3000}, "", map[string]string{"custom_objects": custom})
	for _, typ := range s.Types() {
		t.Run(typ, func(t *testing.T) {
			s.t = t
			got := s.mustRead(s.described(typ), crm.Request{})
			s.compare(got.records, s.truth(typ))
			s.compare(got.archive, s.archived(typ))
			if got.count != len(got.records)+len(got.archive) {
				t.Errorf("%d records yielded", got.count)
			}
			if !got.pages[0].SourceTime.Equal(s.clock.Now()) {
				t.Errorf("begun at %s", got.pages[0].SourceTime)
			}
		})
	}
}

func TestReadOfAnEmptyAccountIsOneEmptyPageAList(t *testing.T) {
	s := account(t, sandbox.Config{}, "", nil)
	if got := s.mustRead(s.stream("contacts"), crm.Request{}); got.count != 0 || len(got.pages) != 2 {
		t.Errorf("%d records, %d pages", got.count, len(got.pages))
	}
}

// The least calls that a full load can take: a page of the list for a hundred
// records, and where the names of the properties do not fit into an address, a
// batch for a hundred more.
func TestCallsOfAFullLoadAreTheLeastPossible(t *testing.T) {
	for name, test := range map[string]struct {
		properties int
		batches    bool
	}{
		"names that fit into the address":                      {0, false},
		"trap: properties that overflow the address of a list": {wide, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 1000}, Properties: test.properties}, "", nil)
			st := s.described("contacts")
			got := s.mustRead(st, crm.Request{})
			active, archived := len(s.truth("contacts")), len(s.archived("contacts"))
			lists, batches := pages(active)+pages(archived), pages(archived)
			if test.batches {
				batches += pages(active)
			}
			if n := s.requests("GET /crm/v3/objects/contacts", "200"); n != lists {
				t.Errorf("%d calls of lists, want %d", n, lists)
			}
			if n := s.requests("batch/read", "200"); n != batches {
				t.Errorf("%d batches, want %d", n, batches)
			}
			if n := s.requests("search", ""); n != 0 {
				t.Errorf("%d searches in a full load", n)
			}
			if got.calls != lists+batches || s.requests("", "414") != 0 {
				t.Errorf("pages tell of %d calls, and %d addresses were too long", got.calls, s.requests("", "414"))
			}
			s.compare(got.records, s.truth("contacts"))
			t.Logf("%d records with %d columns: %d calls", got.count, len(st.Fields), got.calls)
		})
	}
}

// Trap: a record changes, comes or is archived between a list and the batch that
// follows it. Absent ones come with 207, and are no failure.
func TestTrapBatchOfWhichRecordsAreGone(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 600}, Properties: wide}, "", nil)
	st := s.described("contacts")
	s.traps("churn=30")
	got := s.mustRead(st, crm.Request{})
	s.traps("")
	if n := s.requests("batch/read", "207"); n == 0 {
		t.Error("no batch had an absent record: the trap was not sprung")
	}
	later := s.mustRead(st, crm.Request{}) // what changed while it was walked is for the next run
	s.compare(later.records, s.truth("contacts"))
	for id := range s.truth("contacts") {
		if _, ok := got.records[id]; !ok && created(s, id) {
			t.Errorf("%s was passed over", id)
		}
	}
}

// created reports whether a record was there from the start.
func created(s *site, id string) bool {
	n, _ := strconv.ParseInt(id, 10, 64)
	raw, ok := s.Record("contacts", n)
	return ok && text(recordOf(s.t, raw).Properties["createdate"]) < text(ptr("2026-03-01T12"))
}

func ptr(s string) *string { return &s }

func TestTrapBatchThatFailsIsAFailedRun(t *testing.T) {
	for _, trap := range []string{"pending", "batcherror"} {
		s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 300}, Properties: wide}, "", nil)
		st := s.described("contacts")
		s.traps(trap)
		got, err := s.read(st, crm.Request{}, 0)
		e := mustFail(t, err, crm.CodeBadAnswer)
		if !e.Retryable || got.count != 0 {
			t.Errorf("%s: %d records, %+v", trap, got.count, e)
		}
		if n := s.requests("batch/read", ""); n != 3 {
			t.Errorf("%s: asked %d times", trap, n)
		}
		s.traps("")
		if got := s.mustRead(st, crm.Request{}); len(got.records) != len(s.truth("contacts")) {
			t.Errorf("%s: %d records afterwards", trap, got.count)
		}
	}
}

func TestTrapArchivedAndRestoredRecords(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"deals": 500}}, "", nil)
	st := s.described("deals")
	gone := ids(s.Archive("deals", sandbox.Random(7))...)
	got := s.mustRead(st, crm.Request{})
	for _, id := range gone {
		if r, ok := got.archive[id]; !ok || r.ArchivedAt == "" || len(r.Properties) < 10 {
			t.Errorf("%s: %+v", id, r)
		}
		if _, ok := got.records[id]; ok {
			t.Errorf("%s is shown as active", id)
		}
	}
	n, _ := strconv.ParseInt(gone[0], 10, 64)
	s.Restore("deals", sandbox.These(n))
	got = s.mustRead(st, crm.Request{})
	if r, ok := got.records[gone[0]]; !ok || r.Archived {
		t.Errorf("restored: %+v", r)
	}
	// Trap: searches never show archived records, nor any time at which they were.
	if later := s.mustRead(st, crm.Request{Since: s.clock.Now().Add(-1)}); later.count != 0 {
		t.Errorf("%d changes", later.count)
	}
}

// Trap: a record is restored between the list of archived records that names it and
// the batch that reads it: then it is neither here nor there.
func TestTrapRestoredBetweenTheListOfArchivedRecordsAndItsBatch(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"deals": 300}}, "", nil)
	st := s.described("deals")
	gone := s.Archive("deals", sandbox.Random(5))
	s.between("GET /crm/v3/objects/deals?archived=true", func() { s.Restore("deals", sandbox.These(gone[1], gone[3])) })
	got := s.mustRead(st, crm.Request{})
	s.compare(got.records, s.truth("deals"))
	s.compare(got.archive, s.archived("deals"))
	if active, archived := len(s.truth("deals"))-2, len(s.archived("deals"))+2; got.calls != pages(active)+2*pages(archived)+1 {
		t.Errorf("%d calls", got.calls)
	}
}

func TestTrapMergedRecordsAreNamedAsGone(t *testing.T) {
	for _, trap := range []string{"", "newid", "survivor", "newid,survivor"} {
		t.Run(trap, func(t *testing.T) {
			s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 300}, Properties: wide}, trap, nil)
			st := s.described("contacts")
			var all []int64
			for id := range s.Records("contacts") {
				all = append(all, id)
			}
			since := s.clock.Now()
			s.clock.Pass(1e9)
			survivor, ok := s.Merge("contacts", all[10], all[3], all[20])
			if !ok {
				t.Fatal("no merge")
			}
			want := ids(all[3], all[20])
			if survivor != all[10] {
				want = append(want, ids(all[10])...)
			}
			for name, req := range map[string]crm.Request{"full": {}, "incremental": {Since: since}} {
				got := s.mustRead(st, req)
				if _, ok := got.records[ids(survivor)[0]]; !ok {
					t.Errorf("%s: the survivor is missing", name)
				}
				for _, id := range want {
					if _, shown := got.records[id]; shown || !got.gone[id] {
						t.Errorf("%s: %s: shown %t, gone %t", name, id, shown, got.gone[id])
					}
				}
				if len(got.gone) != len(want) {
					t.Errorf("%s: gone are %v", name, got.gone)
				}
			}
		})
	}
}

// Trap: a record is merged between the list that names it and the batch that reads
// it; some accounts then answer with the record that took it up.
func TestTrapBatchAnswersWithTheSurvivor(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 50}, Properties: wide}, "survivor", nil)
	st := s.described("contacts")
	var all []int64
	for id := range s.Records("contacts") {
		all = append(all, id)
	}
	s.between("GET /crm/v3/objects/contacts?", func() { s.Merge("contacts", all[10], all[3]) })
	got := s.mustRead(st, crm.Request{})
	s.compare(got.records, s.truth("contacts"))
	if !got.gone[ids(all[3])[0]] {
		t.Error("the record that was merged is not named")
	}
}

// DAILY ends the run; the checkpoint of its last page goes on where it stopped,
// and nothing is asked twice.
func TestTrapDailyLimitEndsTheRunAndItGoesOnFromItsCheckpoint(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 1200}, Properties: wide}, "", nil)
	st := s.described("contacts")
	s.traps("daily=13")
	first, err := s.read(st, crm.Request{}, 0)
	e := mustFail(t, err, crm.CodeDayLimit, "calls of the day are used up", "Run it again after 2026-03-03 07:00:00 UTC", "daily limit")
	if !e.Retryable || s.requests("", "429") != 1 {
		t.Errorf("retryable %t after %d refusals", e.Retryable, s.requests("", "429"))
	}
	if first.count != 600 {
		t.Errorf("%d records before the limit", first.count)
	}
	s.clock.Pass(20 * 3600 * 1e9)
	s.traps("")
	before := s.requests("", "200")
	second := s.mustRead(st, crm.Request{Resume: first.pages[len(first.pages)-1].Checkpoint})
	for id, r := range first.records {
		second.records[id] = r
	}
	s.compare(second.records, s.truth("contacts"))
	active, archived := len(s.truth("contacts")), len(s.archived("contacts"))
	if n := s.requests("", "200") - before; n != 2*pages(active)+2*pages(archived)-12 {
		t.Errorf("%d calls, want what was left", n)
	}
	if !second.pages[0].SourceTime.Equal(first.pages[0].SourceTime) {
		t.Errorf("the walk began %s, and then %s", first.pages[0].SourceTime, second.pages[0].SourceTime)
	}
}

// L4: whichever page was the last one, the walk goes on behind it.
func TestL4AWalkGoesOnBehindAnyPage(t *testing.T) {
	s := account(t, sandbox.Config{Records: 250, Properties: wide}, "", map[string]string{"associations": "deals-contacts"})
	since := s.clock.Now()
	for range 30 {
		s.clock.Pass(1e9)
		s.Change("contacts", sandbox.Random(25))
		s.Change("deals", sandbox.Random(25))
	}
	for _, name := range []string{"contacts", "deals_contacts"} {
		for kind, req := range map[string]crm.Request{"full": {}, "changes": {Since: since, PageSize: 50}} {
			st := s.described(name)
			whole := s.mustRead(st, req)
			for n := 1; n <= len(whole.pages); n++ {
				first, err := s.read(st, req, n)
				if err != nil {
					t.Fatal(err)
				}
				next := req
				next.Resume = first.pages[n-1].Checkpoint
				rest := s.mustRead(st, next)
				if got := first.count + rest.count; got != whole.count {
					t.Errorf("%s, %s: %d and %d records, want %d in all", name, kind, first.count, rest.count, whole.count)
				}
			}
			for _, bad := range []string{"x", `{"phase":"other"}`, `{"phase":"changes","from":5,"to":3}`, `{"phase":"active","start":-1}`} {
				req.Resume = bad
				if got := s.mustRead(st, req); got.count != whole.count {
					t.Errorf("%s, %s, from %s: %d records, want %d", name, kind, bad, got.count, whole.count)
				}
			}
		}
	}
}

func TestACappedRunAsksForSmallPages(t *testing.T) {
	s := account(t, sandbox.Config{Records: 500}, "", nil)
	got, err := s.read(s.stream("contacts"), crm.Request{PageSize: 3}, 1)
	if err != nil || got.count != 3 {
		t.Errorf("%d records, %v", got.count, err)
	}
}
