package hubspot

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// discard is a ResponseWriter that only counts.
type discard struct {
	header http.Header
	status int
	bytes  int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { d.bytes += len(b); return len(b), nil }

// BenchmarkServe answers calls of an account with 100,000 contacts of 200
// properties.
func BenchmarkServe(b *testing.B) {
	s := New(Config{Records: 100_000, Properties: 200, Seed: 1, Start: testStart})
	s.Change("contacts", Random(1000))
	var names []string
	for _, p := range s.byName["contacts"].properties {
		names = append(names, `"`+p.name+`"`)
	}
	var list []int64
	for id := range s.Records("contacts") {
		if list = append(list, id); len(list) == 1000 {
			break
		}
	}
	all := `"properties":[` + strings.Join(names, ",") + `]`
	window := `{"limit":200,"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","value":"` + ms(testStart.Add(-time.Hour)) + `"}],` + all + `}`
	for _, bc := range []struct{ name, method, path, body string }{
		{"list", "GET", "/crm/v3/objects/contacts?limit=100&after=" + text(list[0]+50_000), ""},
		{"list archived", "GET", "/crm/v3/objects/contacts?limit=100&archived=true", ""},
		{"batch read", "POST", contactsRead, `{"inputs":` + inputs(list[:100]) + `,` + all + `}`},
		{"search", "POST", "/crm/v3/objects/contacts/search", window},
		{"search all", "POST", "/crm/v3/objects/contacts/search", `{"limit":1,"sorts":[{"propertyName":"lastmodifieddate","direction":"ASCENDING"}]}`},
		{"associations", "POST", companiesOf, `{"inputs":` + inputs(list) + `}`},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			sent := 0
			for b.Loop() {
				r := httptest.NewRequest(bc.method, bc.path, strings.NewReader(bc.body))
				r.Header.Set("Authorization", "Bearer "+DefaultToken)
				w := &discard{header: http.Header{}}
				s.ServeHTTP(w, r)
				if w.status >= 300 {
					b.Fatalf("status %d", w.status)
				}
				sent += w.bytes
			}
			b.ReportMetric(float64(sent)/float64(b.N), "bytes/call")
		})
	}
}

// TestAContactTakesLittleMemory holds the state of a contact, and its share of
// what comes with it, under 160 bytes, whatever the number of properties.
func TestAContactTakesLittleMemory(t *testing.T) {
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := New(Config{Records: n, Properties: 200, Seed: 1, Start: testStart})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := float64(after.HeapAlloc-before.HeapAlloc) / n; got > 160 {
		t.Errorf("%.0f bytes for each contact", got)
	}
	runtime.KeepAlive(s)
}
