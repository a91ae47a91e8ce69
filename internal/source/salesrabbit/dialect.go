package salesrabbit

import (
	"net/http"
	"net/url"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// dialect is how one generation of the interface is spoken.
type dialect struct {
	prefix   string            // before the path of each stream
	page     string            // parameter of the page number, from 1
	size     string            // parameter of the page size
	byChange bool              // whether that is the order of modification, and not of creation
	sort     map[string]string // parameters that ask for the steadiest order there is
	since    func(h http.Header, q url.Values, instant string)
	status   func(h http.Header, q url.Values, instant string) // since, by the change of the status; nil if there is none
}

func (d dialect) path(stream crm.Stream) string { return d.prefix + "/" + stream.Name }

// live is the dialect of api.salesrabbit.com. Oldest first by creation is the
// order in which least moves while the pages are read.
func live() dialect {
	return dialect{
		page: "page", size: "perPage",
		sort:   map[string]string{"sortBy": "dateCreated", "order": "asc"},
		since:  func(h http.Header, _ url.Values, instant string) { h.Set("If-Modified-Since", instant) },
		status: func(h http.Header, _ url.Values, instant string) { h.Set("If-Status-Modified-Since", instant) },
	}
}

// spec is the dialect of the old specification.
func spec() dialect {
	return dialect{
		prefix: "/api", page: "page", size: "limit",
		sort: map[string]string{"sort": "date_modified", "order": "asc"}, byChange: true,
		since: func(_ http.Header, q url.Values, instant string) { q.Set("modified_since", instant) },
	}
}

// instant writes a time in the one form that every version of the interface
// reads: whole seconds, rounded down so that nothing is passed over, in UTC
// with the offset written out.
func instant(t time.Time) string {
	return t.UTC().Truncate(time.Second).Format("2006-01-02T15:04:05+00:00")
}
