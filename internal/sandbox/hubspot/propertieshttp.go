package hubspot

import "net/http"

// listProperties answers GET /crm/v3/properties/{type}, all in one page: those of
// the sensitivity asked for, archived or not.
func (s *Server) listProperties(w http.ResponseWriter, r *http.Request, t *table) {
	query := r.URL.Query()
	sensitivity := query.Get("dataSensitivity")
	switch sensitivity {
	case "":
		sensitivity = nonSensitive
	case nonSensitive, "sensitive", "highly_sensitive":
	default:
		s.fail(w, http.StatusBadRequest, "dataSensitivity must be one of non_sensitive, sensitive, highly_sensitive.")
		return
	}
	gone := query.Get("archived") == "true"
	s.mu.RLock()
	properties := t.properties
	s.mu.RUnlock()
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"results":[`...)
		n := 0
		for _, p := range properties {
			if p.sensitivity != sensitivity || (p.archived != 0) != gone {
				continue
			}
			if n++; n > 1 {
				dst = append(dst, ',')
			}
			dst = p.append(dst)
		}
		return append(dst, `]}`...)
	})
}

// oneProperty answers GET /crm/v3/properties/{type}/{name}.
func (s *Server) oneProperty(w http.ResponseWriter, r *http.Request, t *table) {
	s.mu.RLock()
	p, ok := t.property(r.PathValue("name"))
	s.mu.RUnlock()
	if !ok {
		s.fail(w, http.StatusNotFound, "Property "+r.PathValue("name")+" does not exist.")
		return
	}
	send(w, http.StatusOK, p.append(nil))
}
