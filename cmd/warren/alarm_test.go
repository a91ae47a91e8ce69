package main

import (
	"sync/atomic"
)

// event is something that can be seen of a sync from outside, and so can be
// the moment of a death.
type event string

const (
	atStart    event = "from the start"    // before warren lives
	asked      event = "CRM asked"         // a call came in at the CRM and is not answered
	answering  event = "in mid-answer"     // half of the CRM's answer is out
	fetched    event = "page fetched"      // warren tells of a page that is in no table yet
	rows       event = "rows under way"    // rows are on their way into the table, in an open transaction
	committing event = "before commit"     // a transaction is about to commit
	logging    event = "amid commit"       // SQLite writes its log
	committed  event = "commit unanswered" // a transaction is durable, and nobody was told
	told       event = "batch written"     // warren tells of a batch that is durable
	finishing  event = "run closing"       // the transaction that closes the run has not committed
	finished   event = "run closed, unanswered"
	folding    event = "log folding" // SQLite folds its log into the file
	retried    event = "first retry" // warren tells that something failed and will be tried again
)

// alarm does a thing once, at the nth event of a kind.
type alarm struct {
	at   event
	left atomic.Int64
	do   func()
	rang chan struct{} // closed when it is done
	lets bool          // what was about to happen happens nevertheless
}

func newAlarm(at event, n int, do func()) *alarm {
	a := &alarm{at: at, do: do, rang: make(chan struct{})}
	a.left.Store(int64(n))
	return a
}

// hear does the alarm's thing if this event was the one, and reports whether
// what was about to happen must not happen any more.
func (a *alarm) hear(e event) bool {
	if a == nil || e != a.at || a.left.Add(-1) != 0 {
		return false
	}
	a.do()
	close(a.rang)
	return !a.lets
}

// hasRung reports whether the moment came, when the thing is done.
func (a *alarm) hasRung() bool {
	if a.left.Load() > 0 {
		return false
	}
	<-a.rang
	return true
}

// bell is where all that can be seen of one sync is told to the alarms that
// are set.
type bell struct{ alarms atomic.Pointer[[]*alarm] }

func (b *bell) set(alarms ...*alarm) { b.alarms.Store(&alarms) }

// ring reports whether whoever tells of a thing that is about to happen has to
// let it be.
func (b *bell) ring(e event) (stop bool) {
	if alarms := b.alarms.Load(); alarms != nil {
		for _, a := range *alarms {
			stop = a.hear(e) || stop
		}
	}
	return stop
}
