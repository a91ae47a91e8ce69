package app_test

import (
	"context"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// richer is a CRM whose account adds a colour to its things.
type richer struct {
	*script

	err error
}

func (r *richer) Describe(_ context.Context, stream crm.Stream) (crm.Stream, error) {
	stream.Fields = append(stream.Fields[:len(stream.Fields):len(stream.Fields)],
		crm.Field{Column: "colour", Paths: []string{"colour"}, Type: crm.TypeText, Rule: crm.Rule{Type: "choice", Choices: []string{"red"}}, Strict: true, Discovered: true})
	return stream, r.err
}

func described(t *testing.T, database string, r *richer) *app.App {
	t.Helper()
	a := r.open(t, database, withToken)
	for i := range a.Config.Accounts {
		a.Config.Accounts[i].Source.Describes = true
		a.Config.Accounts[i].Source.NewField = crm.ReactEvolve
		a.Config.Accounts[i].Source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return r, nil }
	}
	return a
}

// What the account adds becomes a column, and a replay writes it too.
func TestAnAccountAddsFields(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		r := &richer{script: &script{records: map[string][]string{"things": {`{"id":1,"colour":"red"}`, `{"id":2,"colour":"blue"}`}}}}
		a := described(t, database, r)
		if run := things(t, a, engine.Ask{}); run.Counts.Created != 1 || run.Counts.Failed != 1 {
			t.Fatalf("%+v", run.Counts)
		}
		if _, err := a.Replay(t.Context(), ledger.Filter{}, nil, app.Options{SkipValidation: true}); err != nil {
			t.Fatal(err)
		}
		if n := number(t, a, "SELECT count(*) FROM acme_things WHERE colour IN ('red', 'blue')"); n != 2 {
			t.Errorf("%d things have their colour", n)
		}
	})
}

// An account that cannot be asked for its fields is a failed run, told and in the
// history.
func TestL3AnAccountThatCannotBeAskedForItsFields(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		r := &richer{script: &script{}, err: &crm.Error{Code: crm.CodeAuth, Origin: crm.OriginSource, Message: "no", Fix: "Yes."}}
		a := described(t, database, r)
		results, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, results[0].Err, crm.CodeAuth)
		var runs []crm.Run
		if _, err := a.Look(t.Context(), func(db warehouse.Driver) (err error) {
			runs, err = ledger.History(t.Context(), db, ledger.Filter{})
			return err
		}); err != nil || len(runs) != 1 || runs[0].Status != crm.StatusFailed || runs[0].ErrorCode != crm.CodeAuth {
			t.Errorf("%v, %+v", err, runs)
		}
		if len(r.asked) != 0 {
			t.Errorf("it was read: %q", r.asked)
		}
	})
}
