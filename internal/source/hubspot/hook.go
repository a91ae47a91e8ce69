package hubspot

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
)

// hook reads HubSpot's webhooks. Each tells of up to a hundred events, at least once
// and in any order, so that all it is good for is to say what to read again.
type hook struct {
	secret []byte
	clock  crm.Clock
	plan   plan
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
	return &hook{secret: []byte(secret), clock: d.Clock, plan: p}, nil
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
			Code: crm.CodeAuth, Origin: crm.OriginSource, Message: "a call that says it is HubSpot's is not signed with the app's secret, or is too old",
			Fix: "Set HUBSPOT_WEBHOOK_SECRET to the client secret of the app, --public to the address that the app has as its target, and this machine's clock.",
		}
	}
	var events []event
	if err := json.Unmarshal(call.Body, &events, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, &crm.Error{
			Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Message: "a call of HubSpot's cannot be read", Err: err,
			Fix: "Report this, please: its form has changed.",
		}
	}
	var changed []crm.Changed
	for _, e := range events {
		for _, c := range h.about(e) {
			if !slices.Contains(changed, c) {
				changed = append(changed, c)
			}
		}
	}
	return changed, nil
}

// about returns the records that an event is about. Of types that are no streams
// there are none.
func (h *hook) about(e event) []crm.Changed {
	kind, what, _ := strings.Cut(e.Subscription, ".")
	if what == "associationChange" {
		return h.aboutLink(e)
	}
	if kind == "object" {
		kind = e.TypeID
	}
	o, ok := h.named(kind)
	if !ok {
		return nil
	}
	var changed []crm.Changed
	for _, id := range append([]number{e.ID, e.Primary, e.New}, e.Merged...) {
		if id != 0 {
			changed = append(changed, crm.Changed{Stream: o.name, ID: id.String()})
		}
	}
	return changed
}

// aboutLink returns the pair of records that an event is about. HubSpot tells of it
// from either side, and one of these is a stream.
func (h *hook) aboutLink(e event) []crm.Changed {
	first, second, ok := strings.Cut(e.Association, "_TO_")
	from, known := h.named(strings.ToLower(first))
	to, knownTo := h.named(strings.ToLower(second))
	if !ok || !known || !knownTo || e.From == 0 || e.To == 0 {
		return nil
	}
	l, ok := h.plan.link(from.name + "_" + to.name)
	if !ok {
		return nil
	}
	return []crm.Changed{{Stream: l.name(), ID: e.From.String() + "/" + e.To.String()}}
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
