package hubspot

import (
	"net/http"
	"strconv"
)

// stage is one stage of a pipeline.
type stage struct{ id, label, metadata string }

// pipeline is one pipeline. The default ones have no times but 1970.
type pipeline struct {
	id, label string
	usual     bool
	stages    []stage
}

// pipelines returns those of a type; most types have none.
func (k *kind) pipelines() []pipeline {
	switch k.name {
	case "deals":
		return []pipeline{
			{"default", "Sales Pipeline", true, []stage{
				{"appointmentscheduled", "Appointment Scheduled", `{"isClosed":"false","probability":"0.2"}`},
				{"contractsent", "Contract Sent", `{"isClosed":"false","probability":"0.9"}`},
				{"closedwon", "Closed Won", `{"isClosed":"true","probability":"1.0"}`},
				{"closedlost", "Closed Lost", `{"isClosed":"true","probability":"0.0"}`},
			}},
			{"90112233", "Commercial", false, []stage{
				{"190112234", "Site Survey", `{"isClosed":"false","probability":"0.4"}`},
				{"190112235", "Won", `{"isClosed":"true","probability":"1.0"}`},
			}},
		}
	case "tickets":
		return []pipeline{{"0", "Support Pipeline", true, []stage{
			{"1", "New", `{"ticketState":"OPEN","isClosed":"false"}`},
			{"2", "Waiting on contact", `{"ticketState":"OPEN","isClosed":"false"}`},
			{"3", "Waiting on us", `{"ticketState":"OPEN","isClosed":"false"}`},
			{"4", "Closed", `{"ticketState":"CLOSED","isClosed":"true"}`},
		}}}
	case "appointments":
		return []pipeline{{"90445566", "Appointments", false, []stage{
			{"scheduled", "Scheduled", `{"state":"OPEN"}`}, {"completed", "Completed", `{"state":"CLOSED"}`},
		}}}
	}
	return nil
}

func (a *Account) appendPipeline(dst []byte, p *pipeline) []byte {
	at := int64(0)
	if !p.usual {
		at = a.cfg.Start.Add(-history).UnixMilli()
	}
	times := func(dst []byte) []byte {
		dst = appendISO(append(dst, `,"createdAt":"`...), at)
		return append(appendISO(append(dst, `","updatedAt":"`...), at), `","archived":false`...)
	}
	dst = appendText(append(dst, `{"id":`...), p.id)
	dst = times(appendText(append(dst, `,"label":`...), p.label))
	dst = append(dst, `,"displayOrder":0,"stages":[`...)
	for i, st := range p.stages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(append(dst, `{"id":`...), st.id)
		dst = times(appendText(append(dst, `,"label":`...), st.label))
		dst = strconv.AppendInt(append(dst, `,"displayOrder":`...), int64(i), 10)
		dst = append(append(dst, `,"metadata":`...), st.metadata...)
		dst = append(dst, `,"writePermissions":"CRM_PERMISSIONS_ENFORCEMENT"}`...)
	}
	return append(dst, `]}`...)
}

// listPipelines answers GET /crm/v3/pipelines/{type}, all in one page.
func (s *Server) listPipelines(w http.ResponseWriter, _ *http.Request, t *table) {
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"results":[`...)
		for i, p := range t.pipelines() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = s.appendPipeline(dst, &p)
		}
		return append(dst, `]}`...)
	})
}
