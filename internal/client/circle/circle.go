// Package circle notices when the pages of a list lead back to one that was read: such a
// list would have no end.
//
// It imports nothing of ours.
package circle

// Watch keeps one page's token and compares each later one with it, for twice as many
// pages as the one before (Brent): however long the circle and the way into it are,
// memory is that of one token (L11). The zero Watch is for a list that is read from its
// beginning.
type Watch struct {
	kept  string // the token that the next ones are compared with
	left  int    // how many more it is compared with before another one is kept
	power int
}

// From returns a Watch for a list that is read from the page with that token; "" for its
// beginning.
func From(token string) Watch { return Watch{kept: token} }

// Closes reports whether the page with that token was read before. It has to be asked
// once for each page that is gone on to.
func (w *Watch) Closes(token string) bool {
	if token == w.kept {
		return true
	}
	if w.left == 0 {
		w.power = max(2*w.power, 1)
		w.kept, w.left = token, w.power
	}
	w.left--
	return false
}
