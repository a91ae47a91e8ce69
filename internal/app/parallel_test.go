package app_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// Two streams that wait for each other while they are read can only end when they
// are read at the same time.
func TestStreamsAreSyncedAtTheSameTime(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var both sync.WaitGroup
		both.Add(2)
		s := &script{records: map[string][]string{"things": {record(1), record(2)}, "parts": {record(3)}}, reads: func() {
			both.Done()
			both.Wait()
		}}
		a := s.open(t, database, withToken)
		results, err := a.Sync(t.Context(), app.Selection{}, app.Options{})
		if err != nil || len(results) != 2 || results[0].ID.Stream != "things" || results[1].ID.Stream != "parts" {
			t.Fatalf("%+v, %v", results, err)
		}
		for _, r := range results {
			if r.Err != nil || r.Run.Status != crm.StatusSuccess {
				t.Errorf("%+v", r)
			}
		}
		if s.opened != 1 {
			t.Errorf("the account was opened %d times, and its limits hold for each of them", s.opened)
		}
		if n := number(t, a, "SELECT (SELECT count(*) FROM acme_things) + (SELECT count(*) FROM acme_parts)"); n != 3 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestAsManyStreamsAtTheSameTimeAsTheConfigurationSays(t *testing.T) {
	var mu sync.Mutex
	active, most := 0, 0
	s := &script{records: map[string][]string{"things": {record(1)}, "parts": {record(3)}}}
	s.reads = func() {
		mu.Lock()
		defer mu.Unlock()
		active++
		most = max(most, active)
	}
	a := s.open(t, "here.db", "sync: {parallel: 1}\n"+withToken)
	a.Observe = func(e crm.Event) {
		if _, ended := e.(crm.RunFinished); ended {
			mu.Lock()
			active--
			mu.Unlock()
		}
	}
	if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil || most != 1 || active != 0 {
		t.Errorf("%d at the same time, %d left; %v", most, active, err)
	}
	if strings.Join(s.asked, " ") != "things parts" {
		t.Errorf("%q were read", s.asked)
	}
}
