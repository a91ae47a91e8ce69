package simulate

import (
	"errors"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Breach is a law that was broken.
type Breach struct {
	Law  string // L1 to L11
	What string // the difference, in words
}

// Error says which law was broken, and how.
func (b *Breach) Error() string { return b.Law + " is broken: " + b.What }

func broken(law, format string, args ...any) error { return &Breach{law, fmt.Sprintf(format, args...)} }

// breach keeps the first breach that was found while a run was under way.
func (w *world) breach(err error) {
	w.seen.mu.Lock()
	defer w.seen.mu.Unlock()
	if w.seen.breach == nil {
		w.seen.breach = err
	}
}

// found returns what breach kept.
func (w *world) found() error {
	w.seen.mu.Lock()
	defer w.seen.mu.Unlock()
	return w.seen.breach
}

// keepSecret is L8: the token stands in nothing that is told.
func (w *world) keepSecret(event crm.Event) {
	var text string
	switch e := event.(type) {
	case crm.RetryScheduled:
		text = whole(e.Err)
	case crm.BreakerOpened:
		text = whole(e.Err)
	case crm.Notice:
		text = e.Message + e.Fix
	case crm.IssueFound:
		text = e.Issue.Message + e.Issue.Value
	case crm.RecordFailed:
		text = e.Reject.Reason + e.Reject.Value
	case crm.RunFinished:
		text = fmt.Sprintf("%+v ", e.Run) + whole(e.Err)
	}
	if w.told(text) {
		w.breach(broken("L8", "the token stands in %T", event))
	}
}

// told reports whether a text holds the token.
func (w *world) told(text string) bool { return strings.Contains(text, w.token) }

// whole is all that an error has to say.
func whole(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	var e *crm.Error
	if errors.As(err, &e) {
		text += " " + e.Message + " " + e.Fix
	}
	return text
}
