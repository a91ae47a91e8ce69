package validator

import (
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestCacheIsBoundedAndKeepsWhatIsAskedFor(t *testing.T) {
	var c cache[string]
	finds := map[string]int{}
	find := func(text []byte) string {
		finds[string(text)]++
		return "found " + string(text)
	}
	for i := range 10 * cacheEntries {
		for _, key := range []string{"favourite", strconv.Itoa(i)} {
			if got := c.get([]byte(key), find); got != "found "+key {
				t.Fatalf("%s: %s", key, got)
			}
		}
		if n := len(c.recent) + len(c.old); n > 2*cacheEntries {
			t.Fatalf("the cache holds %d entries", n)
		}
	}
	if n := finds["favourite"]; n != 1 {
		t.Errorf("what is always asked for was found out %d times", n)
	}
	c.get([]byte("0"), find)
	if n := finds["0"]; n != 2 {
		t.Errorf("what was forgotten was found out %d times, want 2", n)
	}
}

func TestCacheKeepsNoLongText(t *testing.T) {
	var c cache[int]
	finds := 0
	for range 2 {
		c.get([]byte(strings.Repeat("x", cacheKey+1)), func([]byte) int { finds++; return 0 })
	}
	if finds != 2 || len(c.recent) != 0 {
		t.Errorf("found out %d times, %d kept", finds, len(c.recent))
	}
}

// A key must not change with the buffer that it came in.
func TestCacheCopiesItsKeys(t *testing.T) {
	var c cache[string]
	find := func(text []byte) string { return string(text) }
	buffer := []byte("first")
	c.get(buffer, find)
	copy(buffer, "other")
	if got := c.get(buffer, find); got != "other" {
		t.Errorf("got %q", got)
	}
}

func TestValidatorsAreSafeTogether(t *testing.T) {
	v := validatorFor(t, "{type: phone}")
	normalize, err := NewNormalizer("e164", parseRule(t, "{type: phone}"))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() {
			for i := range 200 {
				value := []byte("+44 20 7946 " + strconv.Itoa(1000+i%50))
				if err := v.Check(value); err != nil {
					t.Errorf("worker %d: %v", worker, err)
				}
				if out, changed := normalize(value); !changed || !strings.HasPrefix(string(out), "+44207946") {
					t.Errorf("worker %d: %s", worker, out)
				}
			}
		})
	}
	group.Wait()
}
