package hubspot

import (
	"net/http"

	"github.com/warren-sync/warren/internal/crm"
)

// controlRoutes is the model over HTTP, for people and for tests in another
// process. No token is asked for, no trap and no limit applies.
func (s *Server) controlRoutes() http.Handler {
	mux := http.NewServeMux()
	for _, change := range []struct {
		name string
		do   func(string, Pick) []int64
	}{
		{"change", s.Change},
		{"create", func(typ string, p Pick) []int64 { return s.Create(typ, p.N) }},
		{"import", func(typ string, p Pick) []int64 { return s.Import(typ, p.N) }},
		{"archive", s.Archive},
		{"restore", s.Restore},
		{"purge", s.Purge},
		{"recalculate", s.Recalculate},
	} {
		mux.Handle("POST /sandbox/{type}/"+change.name, controlOf(s, func(typ string, p Pick) (any, error) {
			return changedIDs{append([]int64{}, change.do(typ, p)...)}, nil
		}))
	}
	mux.Handle("POST /sandbox/{type}/merge", controlOf(s, s.controlMerge))
	mux.Handle("POST /sandbox/{type}/set", controlOf(s, s.controlSet))
	mux.Handle("POST /sandbox/{type}/properties", controlOf(s, s.controlProperty))
	mux.Handle("POST /sandbox/associations/{from}/{to}", control(s.controlLink))
	mux.Handle("POST /sandbox/traps", control(func(_ *http.Request, in struct {
		Traps string `json:"traps"`
	}) (any, error) {
		t, err := ParseTraps(in.Traps)
		if err != nil {
			return nil, err
		}
		s.SetTraps(t)
		return s.State(), nil
	}))
	mux.Handle("POST /sandbox/owners/deactivate", control(func(_ *http.Request, in identity) (any, error) {
		if !s.DeactivateOwner(in.ID) {
			return nil, notThere("There is no such owner.", "Take an id from GET /crm/v3/owners.")
		}
		return in, nil
	}))
	mux.Handle("POST /sandbox/webhooks", control(func(_ *http.Request, in struct {
		URL    string `json:"url"`
		Public string `json:"public"`
		Secret string `json:"secret"`
	}) (any, error) {
		s.Subscribe(Webhook{in.URL, in.Public, in.Secret})
		return s.State(), nil
	}))
	mux.Handle("POST /sandbox/webhooks/tell", control(func(r *http.Request, _ struct{}) (any, error) { return s.Tell(r.Context()), nil }))
	mux.HandleFunc("GET /sandbox/state", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, http.StatusOK, s.State()) })
	mux.HandleFunc("GET /sandbox/{file}", s.truth)
	mux.HandleFunc("GET /sandbox/associations/{from}/{file}", s.linkTruth)
	return mux
}

// changedIDs is what changes of the model answer.
type changedIDs struct {
	IDs []int64 `json:"ids"`
}

// identity is one record or owner.
type identity struct {
	ID int64 `json:"id"`
}

// merger is which records become one, and what came of it.
type merger struct {
	Winner int64   `json:"winner"`
	Losers []int64 `json:"losers"`
}

func (s *Server) controlMerge(typ string, in merger) (any, error) {
	survivor, ok := s.Merge(typ, in.Winner, in.Losers...)
	if !ok {
		return nil, notThere("These are not active records that could be merged.", "Take ids from GET /sandbox/"+typ+".ndjson.")
	}
	return identity{survivor}, nil
}

func (s *Server) controlSet(typ string, in struct {
	ID     int64              `json:"id"`
	Values map[string]*string `json:"values"`
},
) (any, error) {
	if !s.Set(typ, in.ID, in.Values) {
		return nil, notThere("There is no such record to set.", "Take an id from GET /sandbox/"+typ+".ndjson.")
	}
	return changedIDs{[]int64{in.ID}}, nil
}

// definition adds a property, or with retype, archive or restore changes one.
type definition struct {
	Property

	Retype  bool `json:"retype"`
	Archive bool `json:"archive"`
	Restore bool `json:"restore"`
}

func (s *Server) controlProperty(typ string, in definition) (any, error) {
	var done bool
	switch {
	case in.Retype:
		done = s.RetypeProperty(typ, in.Name, in.Type, in.FieldType)
	case in.Archive:
		done = s.ArchiveProperty(typ, in.Name)
	case in.Restore:
		done = s.RestoreProperty(typ, in.Name)
	default:
		done = s.AddProperty(typ, in.Property)
	}
	if !done {
		return nil, notThere("There is no such property.", "Take a name from GET /crm/v3/properties/"+typ+".")
	}
	return in, nil
}

// pairing is two records that are to be associated, or with remove no more.
type pairing struct {
	From   int64 `json:"from"`
	To     int64 `json:"to"`
	Remove bool  `json:"remove"`
}

func (s *Server) controlLink(r *http.Request, in pairing) (any, error) {
	do := s.Associate
	if in.Remove {
		do = s.Dissociate
	}
	from, to := r.PathValue("from"), r.PathValue("to")
	if !do(from, in.From, to, in.To) {
		return nil, notThere("These are not two active records.", "Take ids from GET /sandbox/"+from+".ndjson and GET /sandbox/"+to+".ndjson.")
	}
	return in, nil
}

func notThere(message, fix string) error {
	return &crm.Error{Code: crm.CodeNotFound, Origin: crm.OriginConfig, Message: message, Fix: fix}
}
