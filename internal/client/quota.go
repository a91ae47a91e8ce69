package client

import "time"

// Quota is what a source says is left of what it allows.
type Quota struct {
	Left, Most int           // calls
	Per        time.Duration // the time over which they are counted
}

// thrifty is the share of a quota from which on calls are spread: what is left
// is then made to last until all of the quota is new.
const thrifty = 5

// gap returns how far apart calls should lie; 0 while there is no need to save.
func (q Quota) gap() time.Duration {
	if q.Most <= 0 || q.Per <= 0 || q.Left*thrifty > q.Most {
		return 0
	}
	return min(q.Per, maxGap) / time.Duration(max(q.Left, 1))
}
