package salesrabbit

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

// discard is a ResponseWriter that only counts.
type discard struct {
	header http.Header
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { d.bytes += len(b); return len(b), nil }

// BenchmarkPage serves pages of 2000 out of a million leads.
func BenchmarkPage(b *testing.B) {
	s := New(Config{Records: 1_000_000, Seed: 1, Start: testStart})
	s.Change(Random(1000))
	s.Delete(Random(100), Gone)
	for _, bc := range []struct{ name, path, since string }{
		{"first", "/leads?page=1", ""},
		{"deep", "/leads?page=400", ""},
		{"modified", "/leads?page=400&sortBy=dateModified&order=asc", ""},
		{"since", "/leads?page=1", "2026-02-27T00:00:00+00:00"},
		{"since modified", "/leads?page=1&sortBy=dateModified", "2026-02-27T00:00:00+00:00"},
		{"spec", "/api/leads?limit=2000&page=400&sort=date_modified", ""},
		{"histories", "/leadStatusHistories?page=100", ""},
		{"users", "/users", ""},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			sent := 0
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, bc.path, nil)
				r.Header.Set("Authorization", "Bearer "+DefaultToken)
				if bc.since != "" {
					r.Header.Set("If-Modified-Since", bc.since)
				}
				w := &discard{header: http.Header{}}
				s.ServeHTTP(w, r)
				sent += w.bytes
			}
			b.ReportMetric(float64(sent)/float64(b.N), "bytes/page")
		})
	}
}

// BenchmarkNew makes accounts and reports what one lead takes, its places in
// both orders included.
func BenchmarkNew(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				s := New(Config{Records: n, Seed: 1, Start: testStart})
				s.list(query{sort: byModified, status: -1, limit: 1})
				s.list(query{sort: byStatusModified, status: -1, limit: 1})
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(s)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "bytes/lead")
		})
	}
}

// TestALeadTakesLittleMemory holds the state of a lead, its places in two orders
// and the spare room of the slices under 64 bytes.
func TestALeadTakesLittleMemory(t *testing.T) {
	const n = 200_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := New(Config{Records: n, Seed: 1, Start: testStart})
	s.list(query{sort: byModified, status: -1, limit: 1})
	s.list(query{sort: byStatusModified, status: -1, limit: 1})
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(s)
	if each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n; each < 28 || each > 64 {
		t.Errorf("a lead takes %d bytes", each)
	}
}
