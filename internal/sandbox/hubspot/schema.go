package hubspot

import (
	"net/http"
	"strconv"
)

// listSchemas answers GET /crm-object-schemas/v3/schemas with the types that the
// company made.
func (s *Server) listSchemas(w http.ResponseWriter, _ *http.Request) {
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		s.mu.RLock()
		defer s.mu.RUnlock()
		dst = append(dst, `{"results":[`...)
		n := 0
		for _, t := range s.tables {
			if !t.custom() {
				continue
			}
			if n++; n > 1 {
				dst = append(dst, ',')
			}
			dst = s.appendSchema(dst, t)
		}
		return append(dst, `]}`...)
	})
}

// oneSchema answers GET /crm-object-schemas/v3/schemas/{type}.
func (s *Server) oneSchema(w http.ResponseWriter, _ *http.Request, t *table) {
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.appendSchema(dst, t)
	})
}

func (s *Server) appendSchema(dst []byte, t *table) []byte {
	at := isoTime(s.cfg.Start.Add(-history).UnixMilli())
	dst = appendText(append(dst, `{"id":`...), t.typeID[2:])
	dst = appendText(append(dst, `,"objectTypeId":`...), t.typeID)
	dst = appendText(append(dst, `,"name":`...), t.name)
	dst = append(strconv.AppendInt(append(dst, `,"fullyQualifiedName":"p`...), s.cfg.PortalID, 10), '_')
	dst = append(append(dst, t.name...), '"')
	dst = appendText(append(dst, `,"labels":{"singular":`...), labelOf(t.singular))
	dst = appendText(append(dst, `,"plural":`...), labelOf(t.name))
	dst = appendText(append(dst, `},"createdAt":`...), at)
	dst = appendText(append(dst, `,"updatedAt":`...), at)
	dst = append(dst, `,"archived":false,"primaryDisplayProperty":"name","requiredProperties":["name"],"searchableProperties":["name"],"secondaryDisplayProperties":[],"properties":[`...)
	for i, p := range t.live() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.append(dst)
	}
	dst = append(dst, `],"associations":[`...)
	n := 0
	for _, other := range s.tables {
		d, ok := s.links.rules[[2]*table{t, other}]
		if !ok {
			continue
		}
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		id := d.down
		if d.rising {
			id = d.up
		}
		dst = append(strconv.AppendInt(append(dst, `{"id":"`...), int64(id), 10), `","fromObjectTypeId":"`...)
		dst = append(append(append(dst, t.typeID...), `","toObjectTypeId":"`...), other.typeID...)
		dst = append(append(append(append(append(dst, `","name":"`...), t.singular...), "_to_"...), other.singular...), `"}`...)
	}
	return append(dst, `]}`...)
}
