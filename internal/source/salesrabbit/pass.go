package salesrabbit

import (
	"net/http"
	"net/url"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// pass is one walk over the pages of a stream. A full run makes one. An
// incremental run of the leads makes two, since a new status moves
// statusModified and does not always move dateModified; and so does one of
// their histories, whose events repeat the lead's dateModified.
type pass struct {
	changes bool // whether it asks for what changed only, and so may be told that nothing did
	header  http.Header
	query   url.Values
	keep    func(record []byte) bool // whether to yield a record that comes; nil keeps all
}

func (c *connector) passes(stream crm.Stream, req crm.Request) []pass {
	made := func() pass {
		p := pass{header: http.Header{}, query: url.Values{}}
		for name, value := range c.dialect.sort {
			p.query.Set(name, value)
		}
		return p
	}
	first := made()
	if req.Since.IsZero() || !stream.Incremental {
		return []pass{first}
	}
	since := instant(req.Since)
	modified, histories := "dateModified", stream.Name == "leadStatusHistories"
	if histories {
		modified = "leadModified"
	}
	first.changes = true
	c.dialect.since(first.header, first.query, since)
	if !c.statusPass && !histories || c.dialect.status == nil {
		return []pass{first}
	}
	second := made()
	second.changes = true
	c.dialect.status(second.header, second.query, since)
	shown := &edge{member: modified, from: req.Since.Truncate(time.Second).UnixMicro(), marker: newMarker(), first: map[mark]struct{}{}}
	first.keep, second.keep = shown.note, shown.keep
	return []pass{first, second}
}
