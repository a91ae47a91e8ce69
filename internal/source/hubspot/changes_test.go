package hubspot_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// replica keeps what runs bring as the engine does: newest wins (L9), and the next
// run begins an hour before the last one, or before the last change seen (L1).
type replica struct {
	s         *site
	stream    crm.Stream
	records   map[string]record
	watermark time.Time
	fetched   int // by the last run
	calls     int
}

func newReplica(s *site, stream crm.Stream) *replica {
	r := &replica{s: s, stream: stream, records: map[string]record{}}
	r.run()
	return r
}

func (r *replica) run() {
	r.s.t.Helper()
	got := r.s.mustRead(r.stream, crm.Request{Since: r.watermark})
	r.fetched, r.calls = got.count, got.calls
	var seen time.Time
	for id, one := range got.records {
		at, err := time.Parse(time.RFC3339Nano, one.UpdatedAt)
		if err != nil {
			r.s.t.Fatal(err)
		}
		if at.After(seen) {
			seen = at
		}
		if old, known := r.records[id]; !known || one.UpdatedAt >= old.UpdatedAt {
			r.records[id] = one
		}
	}
	for id := range got.gone {
		delete(r.records, id)
	}
	r.watermark = crm.NextWatermark(got.pages[0].SourceTime, seen, r.watermark, r.stream.Lag)
}

// converged compares with the source, but for records that were archived since,
// of which only a full run can know.
func (r *replica) converged() {
	r.s.t.Helper()
	for id := range r.s.archived(r.stream.Name) {
		delete(r.records, id)
	}
	r.s.compare(r.records, r.s.truth(r.stream.Name))
}

func TestIncrementalRunsConvergeWhateverTheSearchDoes(t *testing.T) {
	for _, trap := range []string{
		"", "lag=30m", "lag=59m", "outside=5m", "disorder=1h", "churn=5", "search100", "lag=50m,outside=10m,disorder=1h,churn=7,search100",
	} {
		for _, typ := range []string{"contacts", "deals"} {
			t.Run("trap "+trap+" "+typ, func(t *testing.T) {
				s := account(t, sandbox.Config{Counts: map[string]int{typ: 400}}, "", nil)
				r := newReplica(s, s.described(typ))
				s.traps(trap)
				for range 6 {
					s.clock.Pass(13 * time.Minute)
					s.Change(typ, sandbox.Random(40))
					s.clock.Pass(time.Millisecond)
					s.Create(typ, 3)
					s.Change(typ, sandbox.Random(220))
					r.run()
				}
				if trap == "" {
					r.converged() // at once
				}
				s.clock.Pass(time.Hour) // the search has caught up
				stop := s.Traps()
				stop.Churn = 0
				s.SetTraps(stop)
				r.run()
				r.converged()
			})
		}
	}
}

// A search that lags shows nothing of a change at first: without reading the last
// hour once more it would be lost.
func TestTrapLagHidesChangesThatALaterRunBrings(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"deals": 200}}, "", nil)
	r := newReplica(s, s.described("deals"))
	s.traps("lag=55m")
	s.clock.Pass(2 * time.Hour)
	changed := s.Change("deals", sandbox.Random(50))
	s.clock.Pass(time.Second)
	r.run()
	hidden := 0
	for _, id := range ids(changed...) {
		if r.records[id].UpdatedAt != s.truth("deals")[id].UpdatedAt {
			hidden++
		}
	}
	if hidden == 0 {
		t.Fatal("the trap was not sprung")
	}
	for range 6 { // others change, and are seen: what is hidden is left behind by more and more
		s.clock.Pass(10 * time.Minute)
		s.Change("deals", sandbox.Random(20))
		r.run()
	}
	s.clock.Pass(time.Hour)
	r.run()
	r.converged()
}

// Trap: a search reaches 10,000 records deep. What has more is parted by time, until
// each part has less.
func TestTrapTenThousandRecordsOfASearch(t *testing.T) {
	const records, per = 26_000, 100
	s := account(t, sandbox.Config{Counts: map[string]int{"notes": records}}, "", nil)
	st := s.stream("notes")
	since := s.clock.Now()
	var all []int64
	for id := range s.Records("notes") {
		all = append(all, id)
	}
	for chunk := range slices.Chunk(all, per) {
		s.clock.Pass(time.Second)
		s.Change("notes", sandbox.These(chunk...))
	}
	got := s.mustRead(st, crm.Request{Since: since})
	s.compare(got.records, s.truth("notes"))
	least := (len(all) + 199) / 200
	if got.calls > least+least/10 || got.calls != s.requests("search", "200") || s.requests("search", "400") != 0 {
		t.Errorf("%d searches, of which %d failed; the least possible are %d", got.calls, s.requests("search", "400"), least)
	}
	if len(windowsOf(t, got)) < 3 {
		t.Errorf("only %d windows", len(windowsOf(t, got)))
	}
	if got.count != len(all) {
		t.Errorf("%d records yielded, %d have changed", got.count, len(all))
	}
	t.Logf("%d changed records in %d windows: %d calls, %.4f a record (the least: %.4f)",
		got.count, len(windowsOf(t, got)), got.calls, float64(got.calls)/float64(got.count), float64(least)/float64(got.count))
}

// windowsOf returns the windows that pages were read from, as their checkpoints
// tell; the last one is over by then.
func windowsOf(t *testing.T, r reading) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, p := range r.pages {
		all[fmt.Sprint(recordedWindow(t, p.Checkpoint))] = true
	}
	return all
}

// Trap: a bulk import gives more records than a search reaches one and the same
// millisecond, which no time parts.
func TestTrapOneMillisecondDenserThanASearchIsDeep(t *testing.T) {
	const dense = 12_000
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 3000}}, "", nil)
	st := s.stream("contacts")
	since := s.clock.Now()
	s.clock.Pass(time.Hour)
	s.Change("contacts", sandbox.Random(500))
	s.clock.Pass(time.Hour)
	if n := len(s.Import("contacts", dense)); n != dense {
		t.Fatal(n)
	}
	s.clock.Pass(time.Hour)
	s.Change("contacts", sandbox.Random(300))
	want := s.truth("contacts")
	got := s.mustRead(st, crm.Request{Since: since})
	for id, one := range want {
		if at, _ := time.Parse(time.RFC3339Nano, one.UpdatedAt); at.Before(since) {
			delete(want, id)
		}
	}
	s.compare(got.records, want)
	least := (len(want) + 199) / 200
	if got.calls > least+8 || s.requests("search", "400") != 0 {
		t.Errorf("%d searches, the least possible are %d", got.calls, least)
	}
	t.Logf("%d changed records, %d of one millisecond: %d calls, %.4f a record (the least: %.4f)",
		got.count, dense, got.calls, float64(got.calls)/float64(got.count), float64(least)/float64(got.count))
}

// Nothing to do costs one call (L10), and little costs no more.
func TestL10CallsOfAnIncrementalRunAreTheLeastPossible(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 2000}, Properties: wide}, "", map[string]string{"associations": "contacts-companies"})
	st := s.described("contacts")
	for _, test := range []struct{ changed, calls int }{{0, 1}, {1, 1}, {200, 1}, {201, 2}, {1000, 5}} {
		since := s.clock.Now()
		s.clock.Pass(time.Second)
		s.Change("contacts", sandbox.Random(test.changed))
		s.clock.Pass(time.Second)
		got := s.mustRead(st, crm.Request{Since: since})
		if got.count != test.changed || got.calls != test.calls {
			t.Errorf("%d changed: %d records in %d calls, want %d", test.changed, got.count, got.calls, test.calls)
		}
		t.Logf("%d changed contacts of %d columns: %d calls", got.count, len(st.Fields), got.calls)
	}
}

// Trap: of a time of 1970 HubSpot answers 500.
func TestTrapTheFirstInstantOf1970(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"tasks": 300}}, "epoch", nil)
	got := s.mustRead(s.stream("tasks"), crm.Request{Since: time.Unix(0, 0)})
	s.compare(got.records, s.truth("tasks"))
}

// A range asks for no more than it has to.
func TestARangeHasAnEnd(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"tasks": 300}}, "", nil)
	since := s.clock.Now()
	s.clock.Pass(time.Minute)
	early := ids(s.Change("tasks", sandbox.Random(10))...)
	s.clock.Pass(time.Minute)
	until := s.clock.Now()
	s.Change("tasks", sandbox.Random(10))
	got := s.mustRead(s.stream("tasks"), crm.Request{Since: since, Until: until})
	for id := range got.records {
		if !slices.Contains(early, id) {
			t.Errorf("%s is outside", id)
		}
	}
	if empty := s.mustRead(s.stream("tasks"), crm.Request{Since: since, Until: since}); empty.count != 0 {
		t.Errorf("%d records of no time at all", empty.count)
	}
}

// Trap: contacts have a name of their own for the time of change.
func TestTrapTheTimeOfChangeHasTwoNames(t *testing.T) {
	s := account(t, sandbox.Config{}, "", map[string]string{"custom_objects": custom})
	for _, typ := range s.Types() {
		st, want := s.stream(typ), "hs_lastmodifieddate"
		if typ == "contacts" {
			want = "lastmodifieddate"
		}
		f, ok := st.Field(st.Cursor)
		if st.Cursor != want || !ok || f.Type != crm.TypeTimestamp || f.Paths[0] != "properties."+want {
			t.Errorf("%s: cursor %s, field %+v", typ, st.Cursor, f)
		}
	}
}

// Trap: ids pass from ten digits to eleven; who compares them as texts stops there.
func TestTrapIDsOfDifferentLengths(t *testing.T) {
	s := account(t, sandbox.Config{Counts: map[string]int{"contacts": 1000}}, "", nil)
	since := s.clock.Now()
	s.clock.Pass(time.Second)
	s.Change("contacts", sandbox.Random(1000))
	got := s.mustRead(s.stream("contacts"), crm.Request{Since: since})
	s.compare(got.records, s.truth("contacts"))
	lengths := map[int]bool{}
	for id := range got.records {
		if _, err := strconv.ParseInt(id, 10, 32); err == nil {
			t.Errorf("%s fits into 32 bits", id)
		}
		lengths[len(id)] = true
	}
	if len(lengths) != 2 {
		t.Errorf("ids of the lengths %v", lengths)
	}
}
