package hubspot

import (
	"net/http"
	"strings"
)

// version is where one version of the API has its addresses.
type version struct {
	objects, associations, linked, owners, pipelines, properties, schemas, info string
	tokens                                                                      []string
	dated                                                                       bool
}

func versions() []version {
	all := []version{{
		objects: "/crm/v3/objects", associations: "/crm/v4/associations", linked: "/crm/v4/objects", owners: "/crm/v3/owners",
		pipelines: "/crm/v3/pipelines", properties: "/crm/v3/properties", schemas: "/crm-object-schemas/v3/schemas",
		info: "/account-info/v3", tokens: []string{"/oauth/v1/token", "/oauth/v3/token"},
	}}
	for _, date := range [...]string{"2026-03", "2026-09"} {
		all = append(all, version{
			objects: "/crm/objects/" + date, associations: "/crm/associations/" + date, linked: "/crm/objects/" + date,
			owners: "/crm/owners/" + date, pipelines: "/crm/pipelines/" + date, properties: "/crm/properties/" + date,
			schemas: "/crm-object-schemas/" + date + "/schemas", info: "/account-info/" + date,
			tokens: []string{"/oauth/" + date + "/token"}, dated: true,
		})
	}
	return all
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, v := range versions() {
		mux.Handle("GET "+v.objects+"/{type}", s.guarded(inWindow, s.typed(s.list)))
		mux.Handle("GET "+v.objects+"/{type}/{id}", s.guarded(inWindow, s.typed(s.one)))
		mux.Handle("POST "+v.objects+"/{type}/batch/read", s.guarded(inWindow, s.typed(s.batchRead)))
		mux.Handle("POST "+v.objects+"/{type}/search", s.guarded(isSearch, s.typed(s.search)))
		mux.Handle("GET "+v.properties+"/{type}", s.guarded(inWindow, s.allowed("properties", s.named(s.listProperties))))
		mux.Handle("GET "+v.properties+"/{type}/{name}", s.guarded(inWindow, s.allowed("properties", s.named(s.oneProperty))))
		mux.Handle("GET "+v.pipelines+"/{type}", s.guarded(inWindow, s.allowed("pipelines", s.named(s.listPipelines))))
		mux.Handle("GET "+v.owners, s.guarded(inWindow, s.allowed("owners", s.listOwners)))
		mux.Handle("GET "+v.owners+"/{id}", s.guarded(inWindow, s.allowed("owners", s.oneOwner)))
		mux.Handle("GET "+v.schemas, s.guarded(inWindow, s.allowed("schemas", s.listSchemas)))
		mux.Handle("GET "+v.schemas+"/{type}", s.guarded(inWindow, s.allowed("schemas", s.named(s.oneSchema))))
		mux.Handle("GET "+v.info+"/details", s.guarded(inWindow, s.details))
		mux.Handle("GET "+v.info+"/api-usage/daily/private-apps", s.guarded(inWindow, s.usage))
		read := inWindow
		if v.dated {
			read = isExempt
		}
		mux.Handle("POST "+v.associations+"/{from}/{to}/batch/read", s.guarded(read, s.paired(s.readAssociations(v.dated))))
		mux.Handle("GET "+v.associations+"/{from}/{to}/labels", s.guarded(inWindow, s.paired(s.listLabels)))
		mux.Handle("GET "+v.linked+"/{from}/{id}/associations/{to}", s.guarded(inWindow, s.paired(s.listAssociations(v.dated))))
		for _, address := range v.tokens {
			mux.HandleFunc("POST "+address, s.grant)
		}
	}
	mux.Handle("/", s.guarded(inWindow, func(w http.ResponseWriter, _ *http.Request) {
		s.fail(w, http.StatusNotFound, "There is no such address.")
	}))
	return mux
}

// maxURI is the longest address with its query that the edge lets through, in
// bytes.
const maxURI = 8 << 10

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	if s.refuse(w, r) {
		return
	}
	if len(r.URL.RequestURI()) > maxURI {
		s.fail(w, http.StatusRequestURITooLong, "The URI is too long.")
		return
	}
	s.api.ServeHTTP(w, r)
}

// guarded asks for the token and counts the call against its limits before do
// answers it.
func (s *Server) guarded(class class, do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		public, ok := s.tokens.good(token, s.cfg.Clock.Now())
		if !ok {
			s.fail(w, http.StatusUnauthorized, "Authentication credentials not found or expired.")
			return
		}
		if s.pass(w, class, public) {
			do(w, r)
		}
	})
}

// allowed asks for the right to read what.
func (s *Server) allowed(what string, do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Traps().forbids(what) {
			s.failScope(w, what)
			return
		}
		do(w, r)
	}
}

type typedHandler func(http.ResponseWriter, *http.Request, *table)

// named finds the type of object that the address names.
func (s *Server) named(do typedHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t := s.byName[r.PathValue("type")]
		if t == nil {
			s.fail(w, http.StatusBadRequest, "Unable to infer object type from: "+r.PathValue("type"))
			return
		}
		do(w, r, t)
	}
}

// typed finds the type of object that the address names, and asks for the right
// to read its records.
func (s *Server) typed(do typedHandler) http.HandlerFunc {
	return s.named(func(w http.ResponseWriter, r *http.Request, t *table) {
		s.allowed(t.name, func(w http.ResponseWriter, r *http.Request) { do(w, r, t) })(w, r)
	})
}

type pairHandler func(w http.ResponseWriter, r *http.Request, from, to *table)

// paired finds both types of object that the address names, and asks for the
// right to read records of both.
func (s *Server) paired(do pairHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		pair := [2]*table{}
		for i, name := range [...]string{r.PathValue("from"), r.PathValue("to")} {
			pair[i] = s.byName[name]
			if pair[i] == nil {
				s.fail(w, http.StatusBadRequest, "Unable to infer object type from: "+name)
				return
			}
			if s.Traps().forbids(pair[i].name) {
				s.failScope(w, pair[i].name)
				return
			}
		}
		do(w, r, pair[0], pair[1])
	}
}
