package salesrabbit

import (
	"time"

	"github.com/warren-sync/warren/internal/crm/literal"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// edge keeps the second pass from yielding again what the first has shown,
// which is every record modified at or after a time. Of the very second of that
// time, with which the first pass began, it is not known whether the source
// shows it: some compare with >. So it is remembered of those records.
type edge struct {
	member string // when a record was modified
	from   int64  // the beginning of the second, in microseconds since 1970
	marker marker
	first  map[mark]struct{} // the records of that second that the first pass showed
}

// maxEdge is how many records of the second are remembered (L11). What goes
// beyond comes twice, which costs no more than that.
const maxEdge = 100_000

// note remembers a record of the first pass, and keeps it.
func (e *edge) note(record []byte) bool {
	if at, known := e.modified(record); known && e.within(at) && len(e.first) < maxEdge {
		e.first[e.marker.of(record)] = struct{}{}
	}
	return true
}

// keep reports whether the first pass cannot have shown a record of the
// second. One that has changed between the two passes is shown by the next run.
func (e *edge) keep(record []byte) bool {
	at, known := e.modified(record)
	switch {
	case !known || at < e.from:
		return true
	case e.within(at):
		_, shown := e.first[e.marker.of(record)]
		return !shown
	default:
		return false
	}
}

func (e *edge) within(at int64) bool { return at >= e.from && at < e.from+time.Second.Microseconds() }

func (e *edge) modified(record []byte) (micros int64, known bool) {
	text, ok := rawjson.Unquote(nil, rawjson.Member(record, e.member))
	if !ok {
		return 0, false
	}
	micros, _, err := literal.Timestamp(text)
	return micros, err == nil
}
