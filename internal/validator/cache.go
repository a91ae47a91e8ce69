package validator

import "sync"

const (
	// cacheEntries bounds each of the two generations of a cache.
	cacheEntries = 2048
	// cacheKey is the longest text that is worth keeping.
	cacheKey = 48
)

// cache remembers what was found out about short texts. It keeps the texts
// asked for last, between one and two times cacheEntries of them.
type cache[V any] struct {
	mu          sync.Mutex
	recent, old map[string]V
}

// get returns what find says of text, from memory when it was asked before.
func (c *cache[V]) get(text []byte, find func([]byte) V) V {
	if len(text) > cacheKey {
		return find(text)
	}
	c.mu.Lock()
	v, found := c.recent[string(text)]
	if !found {
		if v, found = c.old[string(text)]; found {
			c.keep(string(text), v)
		}
	}
	c.mu.Unlock()
	if found {
		return v
	}
	// Found out without the lock: two askers may both do the work.
	v = find(text)
	c.mu.Lock()
	c.keep(string(text), v)
	c.mu.Unlock()
	return v
}

// keep stores v; the lock is held.
func (c *cache[V]) keep(key string, v V) {
	if c.recent == nil || len(c.recent) >= cacheEntries {
		c.old, c.recent = c.recent, make(map[string]V)
	}
	c.recent[key] = v
}
