package hubspot

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// account is what HubSpot tells of the account as a whole. It is asked once, and
// again where it gave no answer.
type account struct {
	turn sync.Mutex // held while it is asked

	mu   sync.Mutex
	told bool
	details
}

// details is what is of use here of GET account-info/details.
type details struct {
	PortalID int64  `json:"portalId"`
	Zone     string `json:"timeZone"`
	Offset   int64  `json:"utcOffsetMilliseconds"`
	Domain   string `json:"uiDomain"`
}

// ask asks unless it is known, and returns how many answers that took. That there is
// none is an error of the caller's to judge.
func (a *account) ask(ctx context.Context, c *connector) (answers int, err error) {
	a.turn.Lock()
	defer a.turn.Unlock()
	if a.known() {
		return 0, nil
	}
	var d details
	answers, err = c.persist(ctx, client.Question{Path: c.paths.account}, func(resp *client.Response, _ time.Time) error {
		d = details{}
		if err := json.Unmarshal(resp.Body, &d); err != nil {
			return badAnswer(err)
		}
		return nil
	})
	if err != nil {
		return answers, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.details, a.told = d, true
	return answers, nil
}

func (a *account) known() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.told
}

// portal is the number of the account; "" while it is not known.
func (a *account) portal() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.PortalID <= 0 {
		return ""
	}
	return strconv.FormatInt(a.PortalID, 10)
}

// recordURL is where a person sees a record of the type; "" while the account is
// not known.
func (a *account) recordURL(o object) string {
	portal := a.portal()
	if portal == "" {
		return ""
	}
	a.mu.Lock()
	domain := a.Domain
	a.mu.Unlock()
	if u, err := url.Parse("https://" + domain); err != nil || u.Host != domain || !strings.HasSuffix(domain, ".hubspot.com") {
		domain = "app.hubspot.com"
	}
	return "https://" + domain + "/contacts/" + portal + "/record/" + o.typeID + "/{id}"
}

// dayEnds says when the account's day ends, and its calls begin anew.
func (a *account) dayEnds(now time.Time) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.told || a.Zone == "" && a.Offset == 0 {
		return "midnight in the account's time zone"
	}
	zone, err := time.LoadLocation(a.Zone)
	if err != nil { // this machine does not know it
		zone = time.FixedZone("", int(min(max(a.Offset, -halfDay), halfDay)/1000))
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone).UTC().Format("2006-01-02 15:04:05 UTC")
}

// halfDay bounds what an offset from UTC can be, in ms.
const halfDay = int64(14 * time.Hour / time.Millisecond)

// knowAccount asks what is told of the account. A token without that right will do: then
// it is not noticed when one for another account takes its place.
func (c *connector) knowAccount(ctx context.Context) (answers int, err error) {
	answers, err = c.account.ask(ctx, c)
	if code := crm.CodeOf(err); code == crm.CodeForbidden || code == crm.CodeNotFound {
		err = nil
	}
	return answers, err
}
