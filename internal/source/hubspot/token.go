package hubspot

import "github.com/go-json-experiment/json"

// The phases of a walk.
const (
	phaseActive   = "active"   // the list of records
	phaseArchived = "archived" // the list of archived ones
	phaseChanges  = "changes"  // searches for what has changed
	phaseDone     = "done"
)

// token is the checkpoint of a walk. Times are ms since 1970.
type token struct {
	Phase string `json:"phase"`
	Start int64  `json:"start"`           // the source's clock when the walk began; 0 before the first call
	After string `json:"after,omitempty"` // of a list: where its next page begins
	// Of changes: the window at hand, the last id that was read of it, and the end of
	// the last window; 0 for a window without an end.
	From int64  `json:"from,omitempty"`
	To   int64  `json:"to,omitempty"`
	Last uint64 `json:"last,omitempty"`
	End  int64  `json:"end,omitempty"`
}

// String returns the token as Request.Resume takes it.
func (t token) String() string {
	text, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return string(text)
}

// parseToken reads a checkpoint. It is false for one that cannot be gone on with by
// a walk of that kind.
func parseToken(text string, changes bool) (token, bool) {
	var t token
	if text == "" || json.Unmarshal([]byte(text), &t) != nil || t.Start < 0 {
		return token{}, false
	}
	switch t.Phase {
	case phaseDone:
		return t, true
	case phaseActive, phaseArchived:
		return t, !changes
	case phaseChanges:
		ordered := t.From > 0 && (t.To == 0 || t.To > t.From) && (t.End == 0 || t.To != 0 && t.End >= t.To)
		return t, changes && ordered
	}
	return token{}, false
}
