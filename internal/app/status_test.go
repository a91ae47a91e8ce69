package app_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestStatus(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1,"email":"x"}`, `{"id":null}`}}}
		newcomer := s.open(t, database, "log: {level: info}")
		states, exists, err := newcomer.Status(t.Context())
		if err != nil || exists != strings.HasPrefix(database, "postgres") || len(states) != 2 || states[0].Known || !states[0].Current {
			t.Errorf("%+v, %v, %v", states, exists, err)
		}
		if _, err := s.open(t, database, withToken).Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
			t.Fatal(err)
		}
		states, exists, err = s.open(t, database, "sources: {acme: {token: t, streams: {things: {enabled: false}}}}").Status(t.Context())
		if err != nil || !exists || len(states) != 2 {
			t.Fatalf("%+v, %v, %v", states, exists, err)
		}
		parts, things := states[0], states[1]
		if parts.ID.Stream != "parts" || !parts.Known || !parts.Current || parts.LastSuccess == nil {
			t.Errorf("%+v", parts)
		}
		if things.ID.Stream != "things" || !things.Known || things.Current || things.OpenQuarantine != 1 || things.OpenIssues != 1 {
			t.Errorf("%+v", things)
		}
	})
	_, _, err := (&script{}).open(t, "postgres://u@127.0.0.1:1/x", withToken).Status(t.Context())
	wantCode(t, err, "warehouse_unreachable")
}

func TestIssuesAreReadPageByPage(t *testing.T) {
	s := &script{records: map[string][]string{}}
	for n := range 1200 {
		s.records["things"] = append(s.records["things"], record(n))
	}
	a := s.open(t, "here.db", withToken)
	if _, err := a.Sync(t.Context(), app.Selection{}, app.Options{}); err != nil {
		t.Fatal(err)
	}
	all, more, err := a.Issues(t.Context(), ledger.Filter{}, "email")
	if err != nil || more || len(all) != 1200 {
		t.Errorf("%d issues, more %v, %v", len(all), more, err)
	}
	some, more, err := a.Issues(t.Context(), ledger.Filter{Limit: 1100}, "")
	if err != nil || !more || len(some) != 1100 {
		t.Errorf("%d issues, more %v, %v", len(some), more, err)
	}
	none, more, err := a.Issues(t.Context(), ledger.Filter{Limit: 10}, "phone")
	if err != nil || more || len(none) != 0 {
		t.Errorf("%d issues, more %v, %v", len(none), more, err)
	}
}
