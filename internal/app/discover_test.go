package app_test

import (
	"context"
	"slices"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// askable is a CRM that may be asked for its fields, and remembers for which.
type askable struct {
	*richer

	asked []string
	fails map[string]error // by stream
}

func (a *askable) Describe(ctx context.Context, stream crm.Stream) (crm.Stream, error) {
	a.asked = append(a.asked, stream.Name)
	if err := a.fails[stream.Name]; err != nil {
		return crm.Stream{}, err
	}
	return a.richer.Describe(ctx, stream)
}

func refusedWith(code crm.Code) error {
	return &crm.Error{Code: code, Origin: crm.OriginSource, Message: "no", Fix: "Yes."}
}

// What an account adds is shown where it can be asked. What fails for one stream does
// not keep the others from being asked; what fails for all is asked once.
func TestDiscover(t *testing.T) {
	for name, c := range map[string]struct {
		fails map[string]error
		asked []string
		added []string // the streams that have the account's field
	}{
		"all can be asked":       {nil, []string{"things", "parts", "people"}, []string{"things", "parts", "people"}},
		"one may not be read":    {map[string]error{"things": refusedWith(crm.CodeForbidden)}, []string{"things", "parts", "people"}, []string{"parts", "people"}},
		"the token is no good":   {map[string]error{"parts": refusedWith(crm.CodeAuth)}, []string{"things", "parts"}, []string{"things"}},
		"it cannot be connected": {map[string]error{"": refusedWith(crm.CodeConfig)}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			crmOf := &askable{richer: &richer{script: &script{}}, fails: c.fails}
			a := described(t, "sqlite:///here.db", crmOf.richer)
			account := a.Config.Accounts[0]
			account.Source.Open = func(crm.Settings, crm.Deps) (crm.Connector, error) { return crmOf, c.fails[""] }
			declared := len(account.Streams[0].Fields)
			var added []string
			for _, d := range a.Discover(t.Context(), account, account.Streams) {
				if (len(d.Stream.Fields) == declared) != (d.Err != nil) || d.Stream.Name == "" {
					t.Errorf("%s: %d fields, %v", d.Stream.Name, len(d.Stream.Fields), d.Err)
				}
				if d.Err == nil {
					added = append(added, d.Stream.Name)
				}
			}
			if !slices.Equal(crmOf.asked, c.asked) || !slices.Equal(added, c.added) {
				t.Errorf("asked for %q, found of %q", crmOf.asked, added)
			}
			account.Source.Describes = false
			for _, d := range a.Discover(t.Context(), account, account.Streams) {
				if d.Err != nil || len(d.Stream.Fields) != declared {
					t.Errorf("of a source that adds nothing: %+v", d)
				}
			}
			if got := a.Discover(t.Context(), account, nil); len(got) > 0 {
				t.Errorf("%+v", got)
			}
		})
	}
}
