package hubspot

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// Webhook is where changes of the account are told.
type Webhook struct {
	URL    string // what is called
	Public string // the address that is signed, where the receiver is behind a proxy; "": URL
	Secret string // the app's client secret; "": that of Config.OAuth
}

// Delivery is what one round of telling came to.
type Delivery struct {
	Calls  int `json:"calls"`  // calls that were made
	Events int `json:"events"` // events that were told and answered with 2xx
	Failed int `json:"failed"` // events that are to be told again
	Given  int `json:"given"`  // events that were given up
}

const (
	mostEvents   = 100              // in one call
	mostRetries  = 10               // of one call
	answerWithin = 5 * time.Second  // how long the receiver may take
	firstRetry   = 30 * time.Second // then twice as long each time
	longestRetry = 6 * time.Hour
)

// sender is what is to be told to the receiver of webhooks.
type sender struct {
	client *http.Client
	wanted chan struct{} // somebody has subscribed

	telling sync.Mutex // held during calls, which are made one after the other

	mu      sync.Mutex
	hook    Webhook
	batches []batch // calls that are to be made again
}

// batch is one call, made already or not.
type batch struct {
	events  []Event
	attempt int
	due     time.Time
}

func newSender() sender {
	return sender{client: &http.Client{Timeout: answerWithin}, wanted: make(chan struct{}, 1)}
}

func (d *sender) waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, b := range d.batches {
		n += len(b.events)
	}
	return n
}

// Subscribe tells all later changes to the receiver, in place of the one before;
// a Webhook without URL ends that. Deliver or Tell make the calls.
func (s *Server) Subscribe(hook Webhook) {
	if hook.Secret == "" {
		hook.Secret = s.cfg.OAuth.ClientSecret
	}
	if hook.Public == "" {
		hook.Public = hook.URL
	}
	s.sender.mu.Lock()
	s.sender.hook = hook
	s.sender.mu.Unlock()
	select {
	case s.sender.wanted <- struct{}{}:
	default:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traceEvents = hook.URL != ""
	if !s.traceEvents {
		s.events = nil
	}
}

// Deliver makes calls as soon as there is something to tell, once somebody has
// subscribed, until ctx ends. Serve does so by itself.
func (s *Server) Deliver(ctx context.Context) {
	const look = 200 * time.Millisecond
	select {
	case <-s.sender.wanted:
	case <-ctx.Done():
		return
	}
	for s.cfg.Clock.Wait(ctx, look) == nil {
		s.Tell(ctx)
	}
}

// Tell makes all calls that are due, one after the other, and returns what they
// came to. A call that is not answered with 2xx is made again later.
func (s *Server) Tell(ctx context.Context) Delivery {
	s.sender.telling.Lock()
	defer s.sender.telling.Unlock()
	var sum Delivery
	hook, due := s.due()
	for _, b := range due {
		sum.Calls++
		switch {
		case s.call(ctx, hook, &b):
			sum.Events += len(b.events)
		case b.attempt >= mostRetries:
			sum.Given += len(b.events)
		default:
			sum.Failed += len(b.events)
			b.due = s.cfg.Clock.Now().Add(min(firstRetry<<b.attempt, longestRetry))
			b.attempt++
			s.sender.again(b)
		}
	}
	return sum
}

// due takes out the calls that are to be made now: new events and those whose
// time has come again.
func (s *Server) due() (hook Webhook, due []batch) {
	now := s.cfg.Clock.Now()
	var later []batch
	s.sender.mu.Lock()
	defer s.sender.mu.Unlock()
	for _, b := range s.sender.batches {
		if b.due.After(now) {
			later = append(later, b)
		} else {
			due = append(due, b)
		}
	}
	s.sender.batches = later
	events := s.takeEvents()
	for len(events) > 0 {
		n := min(mostEvents, len(events))
		due = append(due, batch{events: events[:n:n]})
		events = events[n:]
	}
	return s.sender.hook, due
}

func (d *sender) again(b batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches = append(d.batches, b)
}

// takeEvents takes what has happened since the last time, spoiled by the traps.
func (s *Server) takeEvents() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	events := s.events
	s.events = nil
	r := people.NewRand(s.cfg.Seed, drawShuffle, s.asked.Add(1))
	for _, e := range events {
		if s.traps.Duplicate > 0 && r.Share() < s.traps.Duplicate {
			events = append(events, e)
		}
	}
	if s.traps.Unordered {
		for i := range events {
			j := i + r.Below(len(events)-i)
			events[i], events[j] = events[j], events[i]
		}
	}
	return events
}

// call tells one batch and reports whether it was answered with 2xx.
func (s *Server) call(ctx context.Context, hook Webhook, b *batch) bool {
	for i := range b.events {
		b.events[i].AttemptNumber = b.attempt
	}
	body, _ := json.Marshal(b.events) // texts and numbers
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(body))
	if err != nil {
		return false
	}
	timestamp := strconv.FormatInt(s.now(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(TimestampHeader, timestamp)
	r.Header.Set(SignatureHeader, Sign(hook.Secret, r.Method, hook.Public, body, timestamp))
	res, err := s.sender.client.Do(r)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode/100 == 2
}
