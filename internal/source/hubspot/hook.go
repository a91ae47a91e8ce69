package hubspot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
)

// hook reads HubSpot's webhooks. Each tells of up to a hundred events, at least once
// and in any order, so that all it is good for is to say what to read again.
type hook struct {
	account string
	secret  []byte
	clock   crm.Clock
	observe func(crm.Event)
	plan    plan
	unread  sync.Map // types that are no streams, which was told
}

// openHook returns nil for an account without the secret that webhooks are signed
// with.
func openHook(s crm.Settings, d crm.Deps) (crm.Hook, error) {
	secret := s.Text(optHookSecret)
	if secret == "" {
		return nil, nil
	}
	p, err := planOf(s)
	if err != nil {
		return nil, err
	}
	return &hook{account: s.Account, secret: []byte(secret), clock: d.Clock, observe: d.Observe, plan: p}, nil
}

// event is what is read of an event.
type event struct {
	Subscription string   `json:"subscriptionType"` // contact.propertyChange
	TypeID       string   `json:"objectTypeId"`     // of the subscriptions to object
	ID           number   `json:"objectId"`
	Primary      number   `json:"primaryObjectId"` // of a merge
	Merged       []number `json:"mergedObjectIds"`
	New          number   `json:"newObjectId"`
	Association  string   `json:"associationType"` // DEAL_TO_CONTACT
	From         number   `json:"fromObjectId"`
	To           number   `json:"toObjectId"`
}

// number is an id, which comes as a number and, who knows, as a text.
type number uint64

// UnmarshalJSON reads either.
func (n *number) UnmarshalJSON(value []byte) error {
	id, err := strconv.ParseUint(textOf(value), 10, 64)
	if string(value) == "null" {
		err = nil
	}
	*n = number(id)
	return err
}

func (n number) String() string { return strconv.FormatUint(uint64(n), 10) }

// Read proves the call and returns the records that its events are about.
func (h *hook) Read(call crm.Call) ([]crm.Changed, error) {
	if !proved(call, h.secret, h.clock.Now()) {
		return nil, &crm.Error{
			Code: crm.CodeAuth, Origin: crm.OriginSource, Message: "a call that says it is HubSpot's is not signed with the app's secret for the address that --public tells, or is too old",
			Fix: "Set HUBSPOT_WEBHOOK_SECRET to the client secret of the app, --public to the address that the app has as its target, and this machine's clock.",
		}
	}
	var events []jsontext.Value
	if err := json.Unmarshal(call.Body, &events, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, badCall(err)
	}
	var changed []crm.Changed
	var bad []error
	for _, raw := range events {
		about, err := h.readEvent(raw)
		if err != nil {
			bad = append(bad, err)
		}
		for _, c := range about {
			if !slices.Contains(changed, c) {
				changed = append(changed, c)
			}
		}
	}
	// HubSpot makes a call that is refused again, for a day. Where some events can be
	// read, that would bring nothing but them again, and so it is told here. Where none
	// can, the form may have changed: then HubSpot shows the calls as failed, and a
	// version of Warren's that can read them may come within that day.
	switch {
	case len(bad) == 0:
	case len(bad) == len(events):
		return nil, badCall(bad[0])
	default:
		h.observe(crm.Notice{
			ID:      crm.StreamID{Source: h.account},
			Message: fmt.Sprintf("%d of the %d events of a call of HubSpot's cannot be read, and what they tell of is not read again: %v", len(bad), len(events), bad[0]),
			Fix:     fixCall + " The next full run brings what they told of.",
		})
	}
	return changed, nil
}

const fixCall = "Report this, please: its form has changed."

func badCall(err error) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Message: "a call of HubSpot's cannot be read", Err: err, Fix: fixCall,
	}
}

// readEvent returns the records that an event is about.
func (h *hook) readEvent(raw jsontext.Value) ([]crm.Changed, error) {
	if raw.Kind() != '{' {
		return nil, errNoEvent
	}
	var e event
	if err := json.Unmarshal(raw, &e, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, err
	}
	return h.about(e)
}

const (
	errNoEvent  = problem("an event is no object")
	errNoRecord = problem("an event names no record")
	errNoKind   = problem("an event does not say of which type of record it is")
)

// about returns the records that an event is about. Of types that are no streams
// there are none.
func (h *hook) about(e event) ([]crm.Changed, error) {
	kind, what, _ := strings.Cut(e.Subscription, ".")
	if what == "associationChange" {
		return h.aboutLink(e)
	}
	if kind == "object" {
		kind = e.TypeID
	}
	if kind == "" || what == "" {
		return nil, errNoKind
	}
	o, ok := h.named(kind)
	if !ok {
		h.tellUnread(kind)
		return nil, nil
	}
	var changed []crm.Changed
	for _, id := range append([]number{e.ID, e.Primary, e.New}, e.Merged...) {
		if id != 0 {
			changed = append(changed, crm.Changed{Stream: o.name, ID: id.String()})
		}
	}
	if len(changed) == 0 {
		return nil, errNoRecord
	}
	return changed, nil
}

// tellUnread says once of a type that HubSpot tells of it in vain.
func (h *hook) tellUnread(kind string) {
	if _, before := h.unread.LoadOrStore(kind, true); !before {
		h.observe(crm.Notice{
			ID: crm.StreamID{Source: h.account}, Message: fmt.Sprintf("HubSpot tells of changes of %q, which is none of the streams; they are not read", kind),
			Fix: "add it to custom_objects of the source in warren.yaml, or take the subscription out of the app",
		})
	}
}

// aboutLink returns the pair of records that an event is about, from whichever side it
// tells of them.
func (h *hook) aboutLink(e event) ([]crm.Changed, error) {
	first, second, ok := strings.Cut(e.Association, "_TO_")
	from, known := h.named(strings.ToLower(first))
	to, knownTo := h.named(strings.ToLower(second))
	if !ok || !known || !knownTo {
		return nil, nil
	}
	l, ok := h.plan.link(from.name + "_" + to.name)
	if !ok { // the same association, seen from its other end
		l, ok = h.plan.link(to.name + "_" + from.name)
		e.From, e.To = e.To, e.From
	}
	if !ok {
		return nil, nil
	}
	if e.From == 0 || e.To == 0 {
		return nil, errNoRecord
	}
	return []crm.Changed{{Stream: l.name(), ID: e.From.String() + "/" + e.To.String()}}, nil
}

// named returns the type of record that goes by that name, be it one or many, or by
// that id.
func (h *hook) named(name string) (object, bool) {
	if o, ok := h.plan.object(name); ok {
		return o, true
	}
	i := slices.IndexFunc(slices.Concat(h.plan.standard, h.plan.custom), func(o object) bool { return o.singular == name })
	if i < 0 {
		return object{}, false
	}
	return slices.Concat(h.plan.standard, h.plan.custom)[i], true
}
