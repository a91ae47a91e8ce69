package hubspot

// window is a range of times of change, in ms since 1970: from from to before to; a
// to of 0 is no end.
type window struct{ from, to int64 }

// divisible reports whether the window is longer than a millisecond, which is as
// near as times are told.
func (w window) divisible() bool { return w.to == 0 || w.to-w.from > 1 }

func (w window) holds(t int64) bool { return t >= w.from && (w.to == 0 || t < w.to) }

// middle is where to part the window when nothing is known of what it holds. One
// without an end is taken to end now.
func (w window) middle(now int64) int64 {
	end := w.to
	if end == 0 {
		end = max(now, w.from+2)
	}
	return w.from + (end-w.from)/2
}

// part returns the part before a time that it holds, and the part from that time on;
// or, at its very beginning, its first millisecond and the rest.
func (w window) part(at int64) (early, late window) {
	at = max(at, w.from+1)
	return window{w.from, at}, window{at, w.to}
}

// windows are those that are still to be read, the next one last.
type windows []window

func (w *windows) push(win window) { *w = append(*w, win) }

func (w *windows) pop() (window, bool) {
	win, more := w.peek()
	if more {
		*w = (*w)[:len(*w)-1]
	}
	return win, more
}

func (w *windows) peek() (window, bool) {
	if len(*w) == 0 {
		return window{}, false
	}
	return (*w)[len(*w)-1], true
}
