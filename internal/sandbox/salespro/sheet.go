package salespro

import (
	"maps"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

// history is how far back the data of a new share reaches.
const history = 2 * 365 * 24 * time.Hour

// sheet is one table: what it was at the start follows from the seed, what has
// become of it since is kept.
type sheet struct {
	def    *definition
	seeded int
	total  int          // rows that ever were
	gone   int          // of them, deleted
	edits  map[int]edit // by row
	round  uint64       // how often all of it was made anew
}

// edit is what has become of a row since the start.
type edit struct {
	deleted bool
	content int // the row whose content it shows
	version uint64
	created time.Time
	updated time.Time           // zero: NULL
	fields  map[int]table.Value // by column: values that were put
}

// copied returns the sheet as it is now; what is changed later it does not show.
func (t *sheet) copied() sheet {
	c := *t
	c.edits = maps.Clone(t.edits)
	return c
}

// alive reports whether the row is there.
func (t *sheet) alive(row int) bool {
	return row >= 0 && row < t.total && !t.edits[row].deleted
}

// state returns the row as an edit, whether it was edited or not.
func (t *sheet) state(cfg *Config, row int) edit {
	if e, ok := t.edits[row]; ok {
		return e
	}
	e := edit{content: row}
	if t.def.name == Activity && isTwin(row) || t.def.name == Breakdown && isCopy(row) {
		e.content--
	}
	e.created, e.updated = cfg.times(t.def, e.content, t.seeded)
	return e
}

// spot returns what is to be written for a row.
func (t *sheet) spot(e edit) spot {
	return spot{row: e.content, version: e.version + t.round<<32, created: e.created, updated: e.updated}
}

// times returns when a row of the start was made and last changed: rows lie in
// the order of their making over the whole time, now and then forty of one
// import, all of the same millisecond. One in five hundred does not say when it
// was changed.
func (c *Config) times(d *definition, row, rows int) (created, updated time.Time) {
	const (
		group = 40
		every = 25
	)
	imported := row/group%every == 3
	if imported {
		row -= row % group
	}
	r := people.NewRand(c.Seed, drawTimes, d.number, uint64(row))
	span := history.Milliseconds()
	slot := max(span/int64(max(rows, 1)), 1)
	since := span*int64(row)/int64(max(rows, 1)) + int64(r.Below(int(slot)))
	end := c.Start.UnixMilli()
	at := min(end-span+since, end)
	created, updated = time.UnixMilli(at).UTC(), time.UnixMilli(at).UTC()
	switch {
	case imported:
	case r.Below(500) == 0:
		updated = time.Time{}
	case r.Percent(60):
		updated = time.UnixMilli(at + int64(r.Below(int(end-at)+1))).UTC()
	}
	return created, updated
}
