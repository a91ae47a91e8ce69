package app_test

import (
	"context"
	"errors"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

var errAway = &crm.Error{Code: crm.CodeSourceDown, Origin: crm.OriginSource, Message: "away", Fix: "Wait."}

func TestAStreamThatFailsDoesNotStopTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{fails: map[string]error{"things": errAway}, records: map[string][]string{"parts": {`{"id":1}`}}}
		a := s.open(t, database, withToken)
		results, err := a.Sync(t.Context(), app.Selection{}, app.Options{})
		if err != nil || len(results) != 2 {
			t.Fatalf("%+v, %v", results, err)
		}
		wantCode(t, results[0].Err, crm.CodeSourceDown)
		if r := results[1]; r.Err != nil || r.Run.Counts.Created != 1 || r.Run.Configuration["batch_size"] == nil {
			t.Errorf("%+v", r)
		}
	})
}

func TestSyncStopsWhenItIsInterrupted(t *testing.T) {
	s := &script{}
	a := s.open(t, "here.db", "sync: {parallel: 1}\n"+withToken)
	ctx, interrupt := context.WithCancel(t.Context())
	a.Observe = func(e crm.Event) {
		if _, is := e.(crm.RunStarted); is {
			interrupt()
		}
	}
	results, err := a.Sync(ctx, app.Selection{}, app.Options{})
	if err != nil || len(results) != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	wantCode(t, results[0].Err, crm.CodeCancelled)
}

func TestSyncDoesNotBeginWithoutWhatItNeeds(t *testing.T) {
	s := &script{}
	_, err := s.open(t, "here.db", "log: {level: info}").Sync(t.Context(), app.Selection{Account: "acme"}, app.Options{})
	wantCode(t, err, crm.CodeConfig)
	_, err = s.open(t, "/no/such/place/x.db", withToken).Sync(t.Context(), app.Selection{}, app.Options{})
	wantCode(t, err, crm.CodeWarehouseConn)

	s.cannot = &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: "no", Fix: "Yes."}
	results, err := s.open(t, "here.db", withToken).Sync(t.Context(), app.Selection{}, app.Options{})
	if err != nil || !errors.Is(results[0].Err, s.cannot) {
		t.Errorf("%+v, %v", results, err)
	}
}

func TestL6DryRunLeavesNoFile(t *testing.T) {
	s := &script{records: map[string][]string{"things": {`{"id":1}`}}}
	a := s.open(t, "here.db", withToken)
	results, err := a.Sync(t.Context(), app.Selection{}, app.Options{Ask: dry()})
	if err != nil || results[0].Run.Counts.Created != 1 || a.Exists() {
		t.Errorf("%+v, %v, exists %v", results, err, a.Exists())
	}
}
