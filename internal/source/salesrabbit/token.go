package salesrabbit

import "github.com/go-json-experiment/json"

// token is the checkpoint of a walk: where it stands, and enough of what it
// read last to find the place again although the pages have moved.
type token struct {
	Pass   int    `json:"pass"`
	Read   int    `json:"read"`   // position behind the last unit read
	Recent []mark `json:"recent"` // of the last units read, in order
	Most   int    `json:"most"`   // the largest page that was asked for and came: a larger one may come smaller, and nobody tells
}

// tokenRecent is how many units a checkpoint keeps: as many as a page may
// overlap, or as the walk first goes back.
const tokenRecent = 128

// furthest is the greatest position that is believed of a checkpoint: far
// beyond any account, and far enough from the end of the integers for a walk
// to reckon with.
const furthest = 1 << 30

// String returns the token as Request.Resume takes it.
func (t token) String() string {
	t.Recent = t.Recent[max(0, len(t.Recent)-tokenRecent):]
	text, err := json.Marshal(t)
	if err != nil {
		return ""
	}
	return string(text)
}

// parseToken reads a checkpoint. One that cannot be read begins anew.
func parseToken(text string) token {
	var t token
	if text == "" || json.Unmarshal([]byte(text), &t) != nil || t.Pass < 0 || t.Read < 0 || t.Read > furthest || t.Most < 0 {
		return token{}
	}
	return t
}
