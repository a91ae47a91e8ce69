package hubspot

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// refusal is an error in HubSpot's own words. All of its parts may be absent.
type refusal struct {
	Message     string              `json:"message"`
	Category    string              `json:"category"`
	Policy      string              `json:"policyName"`
	Correlation string              `json:"correlationId"`
	Context     map[string][]string `json:"context"`
	Errors      []itemError         `json:"errors"`
}

// Error is what HubSpot says, with what its support asks for.
func (r *refusal) Error() string {
	text := r.Message
	if scopes := r.scopes(); len(scopes) > 0 {
		text += " Scopes: " + strings.Join(scopes, ", ") + "."
	}
	if r.Correlation != "" {
		text += " (correlation id " + r.Correlation + ")"
	}
	return text
}

// missingScopes is the category of a call that the token has no right to.
const missingScopes = "MISSING_SCOPES"

// scopes are the rights that are lacking, as far as HubSpot tells.
func (r *refusal) scopes() []string {
	var scopes []string
	add := func(context map[string][]string) {
		for _, name := range []string{"requiredGranularScopes", "requiredScopes"} {
			scopes = append(scopes, context[name]...)
		}
	}
	add(r.Context)
	for _, e := range r.Errors {
		add(e.Context)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

// The statuses that HubSpot has beside those that all have.
const (
	statusMigrating = 477 // the account moves between data centres
	statusOrigin    = 530 // the edge knows no such account
)

// The limits that a refusal names.
const (
	policyTen    = "TEN_SECONDLY_ROLLING"
	policySecond = "SECONDLY"
	policyDay    = "DAILY"
)

// How long to wait where HubSpot does not say.
const (
	tenPause     = 10 * time.Second
	lockedPause  = 2 * time.Second // at least, whatever it says
	migratePause = time.Minute
)

// weigh says what a refusal means beyond its status.
func (c *connector) weigh(r client.Refusal) client.Verdict {
	var said refusal
	v := client.Verdict{}
	if json.Unmarshal(r.Body, &said, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) == nil && said.Message != "" {
		said.Message = oneLine(said.Message)
		v.Cause = &said
	}
	switch {
	case r.Status == http.StatusTooManyRequests && strings.EqualFold(said.Policy, policyDay):
		v.Code = crm.CodeDayLimit
		v.Message = "takes no further call today: the account's calls of the day are used up"
		v.Fix = "Run it again after " + c.account.dayEnds(c.clock.Now()) + "; it goes on where it stopped."
	case r.Status == http.StatusTooManyRequests && strings.EqualFold(said.Policy, policyTen):
		v.Pause = orElse(r.Asked, tenPause)
	case r.Status == http.StatusTooManyRequests && strings.EqualFold(said.Policy, policySecond):
		v.Pause = orElse(r.Asked, time.Second)
	case r.Status == http.StatusLocked:
		v.Code, v.Again, v.Pause = crm.CodeSourceDown, true, max(r.Asked, lockedPause)
		v.Fix = "Run it again later: another program changes these records in bulk."
	case r.Status == statusMigrating:
		v.Code, v.Again, v.Pause = crm.CodeSourceDown, true, orElse(r.Asked, migratePause)
		v.Fix = "Run it again later: HubSpot moves the account to another data centre, which may take a day."
	case r.Status == statusOrigin:
		v.Code = crm.CodeAuth
		v.Message = "knows no account for this token (status 530)"
		v.Fix = "Set " + hintToken + " to a token that is valid for this account."
	}
	return v
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// oneLine makes a text of HubSpot's fit for a line.
func oneLine(text string) string { return words.Cut(words.Line(text), words.MostQuoted) }

// The headers that tell of the calls of ten seconds.
const (
	headerLeft   = "X-HubSpot-RateLimit-Remaining"
	headerMost   = "X-HubSpot-RateLimit-Max"
	headerWithin = "X-HubSpot-RateLimit-Interval-Milliseconds"
)

// quota reads what is left of the calls of ten seconds. Answers to searches do not
// tell, for they do not count.
func quota(h http.Header) (client.Quota, bool) {
	left, err1 := strconv.Atoi(h.Get(headerLeft))
	most, err2 := strconv.Atoi(h.Get(headerMost))
	within, err3 := strconv.Atoi(h.Get(headerWithin))
	if err1 != nil || err2 != nil || err3 != nil || left < 0 || most <= 0 || within <= 0 || within > int(time.Hour/time.Millisecond) {
		return client.Quota{}, false
	}
	return client.Quota{Left: left, Most: most, Per: time.Duration(within) * time.Millisecond}, true
}
