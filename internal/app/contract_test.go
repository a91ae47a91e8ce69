package app_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// told gathers what is said of the schema.
func told(a *app.App) func() string {
	var mu sync.Mutex
	var list []string
	a.Observe = func(e crm.Event) {
		if c, is := e.(crm.SchemaChanged); is {
			mu.Lock()
			list = append(list, c.Field.Name+" "+string(c.Field.Kind)+" "+string(c.Reaction))
			mu.Unlock()
		}
	}
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		text := strings.Join(list, "; ")
		list = nil
		return text
	}
}

// A member that nobody describes is told once, and has its column with the next run;
// a value that does not fit has one beside its own.
func TestTheSchemaOfAnySourceEvolves(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1,"Roof Age":12,"count":"July"}`, `{"id":2,"Roof Age":3.5,"count":7}`}}}
		a := s.open(t, database, "sync: {contract: {new_field: evolve, bad_value: evolve}}\nsources: {acme: {token: t, streams: {things: {custom_fields: {count: {column: count, type: integer}}}}}}")
		news := told(a)
		things(t, a, engine.Ask{DryRun: true})
		if got := news(); got != "Roof Age seen evolve; count bad evolve" {
			t.Errorf("dry: told %q", got)
		}
		for range 2 {
			things(t, a, engine.Ask{Full: true})
		}
		if got := news(); got != "Roof Age seen evolve; count bad evolve" {
			t.Errorf("told %q", got)
		}
		if n := number(t, a, "SELECT count(*) FROM acme_things WHERE roof_age IN (12, 3.5) AND (count = 7 AND count_text IS NULL OR count IS NULL AND count_text = 'July')"); n != 2 {
			t.Errorf("%d things are right", n)
		}
		if n := number(t, a, "SELECT count(*) FROM warren_issue WHERE record_id = '1'"); n != 0 {
			t.Errorf("%d issues are left of a value that has its column now", n)
		}
	})
}

// What a contract freezes is a failed run that says what has changed, and the table
// is as it was.
func TestTheSchemaOfAnySourceIsFrozen(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1}`}}}
		a := s.open(t, database, "sources: {acme: {token: t, streams: {things: {contract: {new_field: freeze}}}}}")
		things(t, a, engine.Ask{})
		s.records["things"] = []string{`{"id":1}`, `{"id":2,"extra":"x"}`}
		results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{Ask: engine.Ask{Full: true}})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, results[0].Err, crm.CodeSchema)
		if r := results[0]; r.Run.Status != crm.StatusFailed || !strings.Contains(r.Err.Error(), "record 2 has fields that nobody has seen before: extra") {
			t.Errorf("%+v", r)
		}
		if n := number(t, a, "SELECT count(*) FROM acme_things"); n != 1 {
			t.Errorf("%d things", n)
		}
	})
}

func TestTheSchemaOfAnySourceHoldsRecordsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1}`, `{"id":2,"extra":"x"}`}}}
		a := s.open(t, database, "sources: {acme: {token: t, streams: {things: {contract: {new_field: quarantine}}}}}")
		if run := things(t, a, engine.Ask{}); run.Counts.Created != 1 || run.Counts.Failed != 1 || run.Status != crm.StatusPartial {
			t.Errorf("%+v", run)
		}
		if held := entries(t, a, "open"); len(held) != 1 || held[0].Code != crm.CodeSchema {
			t.Errorf("%+v", held)
		}
	})
}
