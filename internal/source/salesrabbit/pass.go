package salesrabbit

import (
	"net/http"
	"net/url"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// pass is one walk over the pages of a stream. A full run makes one. An
// incremental run of the leads makes two, since a new status moves
// statusModified and does not always move dateModified; and so does one of
// their histories, whose events repeat the lead's dateModified.
type pass struct {
	changes bool // whether it asks for what changed only, and so may be told that nothing did
	header  http.Header
	query   url.Values
	keep    func(record []byte) bool // nil keeps all
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
	shown := req.Since.Truncate(time.Second)
	second.keep = func(record []byte) bool { return modifiedBefore(record, modified, shown) }
	return []pass{first, second}
}

// modifiedBefore reports whether the first pass, which shows every record
// modified at or after since, cannot have shown the record. One that has
// changed between the two passes is shown by the next run.
func modifiedBefore(record []byte, modified string, since time.Time) bool {
	text, ok := rawjson.Unquote(nil, rawjson.Member(record, modified))
	if !ok {
		return true
	}
	micros, _, err := literal.Timestamp(text)
	return err != nil || micros < since.UnixMicro()
}
