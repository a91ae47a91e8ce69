package hubspot

import (
	"net/http"
	"strconv"
	"time"
)

// details answers GET /account-info/v3/details.
func (s *Server) details(w http.ResponseWriter, _ *http.Request) {
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = strconv.AppendInt(append(dst, `{"portalId":`...), s.cfg.PortalID, 10)
		dst = append(append(dst, `,"accountType":"STANDARD","timeZone":"`...), zoneName...)
		return append(dst, `","companyCurrency":"USD","additionalCurrencies":[],"utcOffset":"-07:00","utcOffsetMilliseconds":-25200000,"uiDomain":"app.hubspot.com","dataHostingLocation":"na1"}`...)
	})
}

// usage answers GET /account-info/v3/api-usage/daily/private-apps.
func (s *Server) usage(w http.ResponseWriter, _ *http.Request) {
	now := s.cfg.Clock.Now()
	most := s.Traps().Daily
	if most == 0 {
		most = usualDaily
	}
	s.respond(w, http.StatusOK, func(dst []byte) []byte {
		dst = strconv.AppendInt(append(dst, `{"results":[{"name":"private-apps-api-calls-daily","usageLimit":`...), int64(most), 10)
		dst = strconv.AppendInt(append(dst, `,"currentUsage":`...), int64(s.gate.used(now)), 10)
		dst = appendISO(append(dst, `,"collectedAt":"`...), now.UnixMilli())
		dst = append(dst, `","fetchStatus":"SUCCESS","resetsAt":"`...)
		dst = appendISO(dst, midnight(now).Add(24*time.Hour).UnixMilli())
		return append(dst, `"}]}`...)
	})
}
