package hubspot

import (
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// Event is one item of what a webhook tells.
type Event struct {
	EventID          int64   `json:"eventId"` // not unique
	SubscriptionID   int64   `json:"subscriptionId"`
	PortalID         int64   `json:"portalId"`
	AppID            int64   `json:"appId"`
	OccurredAt       int64   `json:"occurredAt"` // ms since 1970
	SubscriptionType string  `json:"subscriptionType"`
	AttemptNumber    int     `json:"attemptNumber"` // 0 for the first
	ObjectID         int64   `json:"objectId,omitempty"`
	ObjectTypeID     string  `json:"objectTypeId,omitempty"` // where the subscription is to object
	ChangeSource     string  `json:"changeSource"`
	ChangeFlag       string  `json:"changeFlag,omitempty"`
	PropertyName     string  `json:"propertyName,omitempty"`
	PropertyValue    *string `json:"propertyValue,omitempty"`

	PrimaryObjectID int64   `json:"primaryObjectId,omitempty"`
	MergedObjectIDs []int64 `json:"mergedObjectIds,omitempty"`
	NewObjectID     int64   `json:"newObjectId,omitempty"`
	PropertiesMoved int     `json:"numberOfPropertiesMoved,omitempty"`

	AssociationType      string `json:"associationType,omitempty"`
	FromObjectID         int64  `json:"fromObjectId,omitempty"`
	ToObjectID           int64  `json:"toObjectId,omitempty"`
	AssociationRemoved   *bool  `json:"associationRemoved,omitempty"`
	IsPrimaryAssociation *bool  `json:"isPrimaryAssociation,omitempty"`
}

// appID is the app that subscribed.
const appID = 1_160_452

// tell notes an event of the record, for the receiver of webhooks if there is
// one. Nobody can subscribe to the associations of products.
func (l *life) tell(row int, what string, e Event) {
	if !l.traceEvents || (l.t.name == "products" && what == "associationChange") {
		return
	}
	e.SubscriptionType = l.t.event + "." + what
	if l.t.event == "object" {
		e.ObjectTypeID = l.t.typeID
	}
	if what != "associationChange" {
		e.ObjectID = l.t.id(row)
	}
	r := people.NewRand(l.cfg.Seed, drawEvent, uint64(l.t.number), uint64(row), uint64(l.now))
	e.EventID = int64(r.Below(4_000_000_000))
	e.SubscriptionID = 2_000_000 + int64(l.t.number)
	e.PortalID, e.AppID, e.OccurredAt, e.ChangeSource = l.cfg.PortalID, appID, l.now, "CRM_UI"
	if l.t.objects[row].imported {
		e.ChangeSource = "IMPORT"
	}
	l.events = append(l.events, e)
}

// tellChanges notes an event for each property that is subscribed to and has
// changed. The modified time is one of them.
func (l *life) tellChanges(row int, changed func(*property) bool) {
	if !l.traceEvents {
		return
	}
	e := l.t.entry(row)
	for _, name := range append(slices.Clone(l.t.defaults), l.t.modified) {
		p, ok := l.t.property(name)
		if !ok || !changed(p) {
			continue
		}
		read := l.reader(p)
		value, _ := read.text(&e)
		l.tell(row, "propertyChange", Event{PropertyName: name, PropertyValue: &value})
	}
}

// tellAssociation notes that an association was made or removed, once from
// either side.
func (l *life) tellAssociation(row int, to *table, other int, removed bool) {
	from, primary := l.t, false
	event := func(t *table, row int, to *table, other int) {
		side := &life{l.Account, t, l.now}
		side.tell(row, "associationChange", Event{
			AssociationType: strings.ToUpper(typeName(&t.kind, &to.kind)), FromObjectID: t.id(row), ToObjectID: to.id(other),
			AssociationRemoved: &removed, IsPrimaryAssociation: &primary,
		})
	}
	event(from, row, to, other)
	event(to, other, from, row)
}
