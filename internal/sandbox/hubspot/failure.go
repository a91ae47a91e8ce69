package hubspot

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/warren-sync/warren/internal/sandbox/people"
	"github.com/warren-sync/warren/internal/sandbox/wire"
)

// failure is an error in the form of the API.
type failure struct {
	Status        string              `json:"status"`
	Message       string              `json:"message"`
	CorrelationID string              `json:"correlationId,omitempty"`
	Category      string              `json:"category,omitempty"`
	SubCategory   string              `json:"subCategory,omitempty"`
	ErrorType     string              `json:"errorType,omitempty"`
	PolicyName    string              `json:"policyName,omitempty"`
	GroupName     string              `json:"groupName,omitempty"`
	Context       map[string][]string `json:"context,omitempty"`
	Errors        []failureDetail     `json:"errors,omitempty"`
	Links         map[string]string   `json:"links,omitempty"`
}

type failureDetail struct {
	Message string              `json:"message"`
	Context map[string][]string `json:"context,omitempty"`
}

func category(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "INVALID_AUTHENTICATION"
	case http.StatusNotFound:
		return "OBJECT_NOT_FOUND"
	case http.StatusLocked:
		return "RESOURCE_LOCKED"
	case statusMigrating:
		return "MIGRATION_IN_PROGRESS"
	}
	if status >= http.StatusInternalServerError {
		return "INTERNAL_ERROR"
	}
	return "VALIDATION_ERROR"
}

// fail answers with an error whose category follows from its status.
func (s *Server) fail(w http.ResponseWriter, status int, text string) {
	s.sendFailure(w, status, failure{Message: text, Category: category(status)})
}

// failWire answers for the wire. Its 429 is that of the ten-second limit.
func (s *Server) failWire(w http.ResponseWriter, status int, text string) {
	if status == http.StatusTooManyRequests {
		s.sendFailure(w, status, refusal(tenSecondly))
		return
	}
	s.fail(w, status, text)
}

func (s *Server) failScope(w http.ResponseWriter, what string) {
	s.sendFailure(w, http.StatusForbidden, failure{
		Message:  "This app hasn't been granted all required scopes to make this call.",
		Category: "MISSING_SCOPES",
		Errors: []failureDetail{{
			Message: "One or more of the following scopes are required.",
			Context: map[string][]string{"requiredGranularScopes": {"crm.objects." + what + ".read"}},
		}},
		Links: map[string]string{"scopes": "https://developers.hubspot.com/scopes"},
	})
}

// failLimit refuses a call over a limit. What it says about coming back is the
// retryafter trap's; without the trap it says nothing.
func (s *Server) failLimit(w http.ResponseWriter, p policy) {
	if after := s.Traps().RetryAfter; after != (wire.RetryAfter{}) {
		after.Set(w.Header(), s.cfg.Clock.Now())
	}
	s.sendFailure(w, http.StatusTooManyRequests, refusal(p))
}

func refusal(p policy) failure {
	return failure{
		Message: "You have reached your " + p.text() + " limit.", ErrorType: "RATE_LIMIT", PolicyName: string(p),
		GroupName: "publicapi:private-apps:" + p.text(),
	}
}

func (s *Server) sendFailure(w http.ResponseWriter, status int, f failure) {
	f.Status = "error"
	f.CorrelationID = s.correlation()
	body, _ := json.Marshal(f) // texts only
	send(w, status, body)
}

// correlation returns an id in the form of a UUID, another for each error.
func (s *Server) correlation() string {
	r := people.NewRand(s.cfg.Seed, drawEvent, s.failures.Add(1))
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], r.Uint64())
	binary.BigEndian.PutUint64(raw[8:], r.Uint64())
	raw[6], raw[8] = raw[6]&0x0f|0x40, raw[8]&0x3f|0x80
	text := hex.EncodeToString(raw[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
