package hubspot

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm/crmtest"
)

// receiver takes what webhooks tell.
type receiver struct {
	url    string
	mu     sync.Mutex
	status int
	calls  [][]Event
	bodies [][]byte
	header []http.Header
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{status: 204}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		var events []Event
		if err != nil || json.Unmarshal(body, &events) != nil {
			t.Errorf("%v: %s", err, body)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls, r.bodies, r.header = append(r.calls, events), append(r.bodies, body), append(r.header, req.Header.Clone())
		w.WriteHeader(r.status)
	}))
	t.Cleanup(web.Close)
	r.url = web.URL + "/hooks/hubspot?a=b%2Fc"
	return r
}

// take returns what has come since the last time.
func (r *receiver) take() (all []Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, events := range r.calls {
		all = append(all, events...)
	}
	r.calls = nil
	return all
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func kindsOf(events []Event) (list []string) {
	for _, e := range events {
		list = append(list, e.SubscriptionType)
	}
	return list
}

func TestWebhooksTellWhatHappens(t *testing.T) {
	s, r := start(t, 100, ""), receive(t)
	s.Change("contacts", Random(5)) // nobody listens yet
	s.Subscribe(Webhook{URL: r.url})
	list := s.activeIDs("contacts")
	company := s.activeIDs("companies")[0]
	tell := func() []Event { s.Tell(t.Context()); return r.take() }

	s.clock.Pass(time.Minute)
	created := s.Create("contacts", 1)[0]
	e := tell()
	if len(e) != 1 || e[0].SubscriptionType != "contact.creation" || e[0].ObjectID != created || e[0].OccurredAt != s.clock.Now().UnixMilli() ||
		e[0].PortalID != 7012345 || e[0].AttemptNumber != 0 {
		t.Errorf("creation: %+v", e)
	}

	s.Set("contacts", list[0], map[string]*string{"email": str("new@example.com"), "city": str("Erewhon")})
	e = tell()
	if len(e) != 2 || e[0].SubscriptionType != "contact.propertyChange" || e[1].PropertyName != "lastmodifieddate" || e[0].PropertyName != "email" || *e[0].PropertyValue != "new@example.com" {
		t.Errorf("set: %+v", e)
	}

	s.Change("contacts", These(list[0]))
	e = tell()
	i := slices.IndexFunc(e, func(e Event) bool { return e.PropertyName == "lastmodifieddate" })
	if i < 0 || *e[i].PropertyValue != s.truthOf("contacts", list[0]).UpdatedAt || e[i].ObjectID != list[0] {
		t.Errorf("change: %+v", e)
	}

	s.Archive("contacts", These(list[1]))
	s.Restore("contacts", These(list[1]))
	s.Purge("contacts", These(list[2]))
	s.Archive("deals", Random(1))
	if got := kindsOf(tell()); !slices.Equal(got, []string{"contact.deletion", "contact.restore", "contact.privacyDeletion", "deal.deletion"}) {
		t.Errorf("deletions: %v", got)
	}

	s.Merge("contacts", list[3], list[4], list[5])
	e = tell()
	if len(e) != 1 || e[0].SubscriptionType != "contact.merge" || e[0].PrimaryObjectID != list[3] || e[0].NewObjectID != list[3] ||
		!slices.Equal(e[0].MergedObjectIDs, list[4:6]) {
		t.Errorf("merge: %+v", e)
	}

	s.Associate("contacts", list[0], "companies", company)
	e = tell()
	if len(e) != 2 || e[0].SubscriptionType != "contact.associationChange" || e[0].AssociationType != "CONTACT_TO_COMPANY" || e[0].FromObjectID != list[0] ||
		e[0].ToObjectID != company || *e[0].AssociationRemoved || e[1].SubscriptionType != "company.associationChange" || e[1].FromObjectID != company {
		t.Errorf("association: %+v", e)
	}
	s.Dissociate("contacts", list[0], "companies", company)
	if e = tell(); len(e) != 2 || !*e[0].AssociationRemoved {
		t.Errorf("dissociation: %+v", e)
	}

	s.Create("divisions", 1)
	s.Recalculate("contacts", Random(1))
	if e = tell(); len(e) != 1 || e[0].SubscriptionType != "object.creation" || e[0].ObjectTypeID != "2-37778609" {
		t.Errorf("a type of the company's own: %+v", e)
	}

	s.Import("contacts", 3)
	if e = tell(); len(e) != 3 || e[0].ChangeSource != "IMPORT" {
		t.Errorf("import: %+v", e)
	}

	s.Create("contacts", 1)
	s.Subscribe(Webhook{})
	s.Create("contacts", 1)
	if got := s.State().Pending; got != 0 {
		t.Errorf("%d events wait for nobody", got)
	}
}

func TestNewIDTrapIsToldInTheMergeEvent(t *testing.T) {
	s, r := start(t, 100, "newid"), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	list := s.activeIDs("contacts")
	survivor, _ := s.Merge("contacts", list[0], list[1])
	s.Tell(t.Context())
	e := r.take()
	if len(e) != 1 || e[0].NewObjectID != survivor || e[0].PrimaryObjectID != list[0] || !slices.Equal(e[0].MergedObjectIDs, list[1:2]) {
		t.Errorf("got %+v", e)
	}
}

func TestWebhooksAreSigned(t *testing.T) {
	s, r := start(t, 20, ""), receive(t)
	s.Subscribe(Webhook{URL: r.url, Public: "https://warren.example.com/hooks%3A?a=b%2Fc&d=%20", Secret: "app-secret"})
	s.Create("contacts", 1)
	s.Tell(t.Context())
	timestamp := r.header[0].Get("X-HubSpot-Request-Timestamp")
	mac := hmac.New(sha256.New, []byte("app-secret"))
	mac.Write([]byte("POST" + "https://warren.example.com/hooks:?a=b/c&d=%20" + string(r.bodies[0]) + timestamp))
	if got := r.header[0].Get("X-HubSpot-Signature-v3"); got != base64.StdEncoding.EncodeToString(mac.Sum(nil)) || timestamp != ms(s.clock.Now()) {
		t.Errorf("signature %s at %s", got, timestamp)
	}
}

func TestWebhooksComeInBatchesOfAHundred(t *testing.T) {
	s, r := start(t, 20, ""), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	s.Create("contacts", 250)
	if got := s.Tell(t.Context()); got != (Delivery{Calls: 3, Events: 250}) || len(r.calls) != 3 || len(r.calls[0]) != 100 {
		t.Errorf("delivery %+v", got)
	}
	if got := s.Tell(t.Context()); got != (Delivery{}) {
		t.Errorf("again: %+v", got)
	}
}

func TestWebhooksAreToldAgainUntilTheyAreTaken(t *testing.T) {
	s, r := start(t, 20, ""), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	r.answer(500)
	s.Create("contacts", 1)
	if got := s.Tell(t.Context()); got != (Delivery{Calls: 1, Failed: 1}) || s.State().Pending != 1 {
		t.Errorf("refused: %+v", got)
	}
	if got := s.Tell(t.Context()); got.Calls != 0 {
		t.Errorf("at once: %+v", got)
	}
	s.clock.Pass(firstRetry)
	s.Tell(t.Context())
	r.answer(200)
	s.clock.Pass(firstRetry)
	if got := s.Tell(t.Context()); got.Calls != 0 {
		t.Errorf("the second wait is no longer than the first: %+v", got)
	}
	s.clock.Pass(firstRetry)
	if got := s.Tell(t.Context()); got.Events != 1 {
		t.Errorf("taken: %+v", got)
	}
	if e := r.take(); len(e) != 3 || e[0].AttemptNumber != 0 || e[2].AttemptNumber != 2 || e[0].EventID != e[2].EventID {
		t.Errorf("attempts %+v", e)
	}
	r.answer(404)
	s.Create("contacts", 1)
	calls, given := 0, 0
	for range 20 {
		got := s.Tell(t.Context())
		calls, given = calls+got.Calls, given+got.Given
		s.clock.Pass(longestRetry)
	}
	if calls != 11 || given != 1 || s.State().Pending != 0 {
		t.Errorf("%d calls, %d given up", calls, given)
	}
}

func TestWebhooksThatReachNobodyWait(t *testing.T) {
	s := start(t, 20, "")
	for _, url := range []string{"http://127.0.0.1:1/", "::"} {
		s.Subscribe(Webhook{URL: url})
		s.Create("contacts", 1)
		if got := s.Tell(t.Context()); got.Failed != 1 {
			t.Errorf("%s: %+v", url, got)
		}
	}
}

func TestDuplicateTrapTellsEventsTwice(t *testing.T) {
	s, r := start(t, 20, "duplicate=1"), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	id := s.Create("contacts", 1)[0]
	s.Tell(t.Context())
	if e := r.take(); len(e) != 2 || e[0].ObjectID != id || e[1].ObjectID != id {
		t.Errorf("got %+v", e)
	}
}

func TestUnorderedTrapTellsEventsOutOfOrder(t *testing.T) {
	s, r := start(t, 20, "unordered"), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	want := s.Create("contacts", 30)
	s.Tell(t.Context())
	var got []int64
	for _, e := range r.take() {
		got = append(got, e.ObjectID)
	}
	if slices.Equal(got, want) || !slices.Equal(sorted(got), want) {
		t.Errorf("got %v; want %v in another order", got, want)
	}
}

// woken is a clock whose waits end when they are told to.
type woken struct {
	*crmtest.Clock

	wake chan struct{}
}

func (c woken) Wait(ctx context.Context, _ time.Duration) error {
	select {
	case <-c.wake:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func TestDeliverTellsUntilItsContextEnds(t *testing.T) {
	r := receive(t)
	c := woken{newClock(), make(chan struct{})}
	s := New(Config{Records: 10, Seed: 7, Clock: c, Start: testStart})
	s.Subscribe(Webhook{URL: r.url})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Deliver(ctx) }()
	id := s.Create("contacts", 1)[0]
	c.wake <- struct{}{}
	c.wake <- struct{}{} // it waits again: the round is over
	cancel()
	<-done
	if e := r.take(); len(e) != 1 || e[0].ObjectID != id {
		t.Errorf("got %+v", e)
	}
}
