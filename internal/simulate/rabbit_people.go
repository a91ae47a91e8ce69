package simulate

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	sandbox "github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// atOnce is the most leads that one change touches.
const atOnce = 3

func (c *rabbit) change() (Kind, string) {
	if kind, what := c.bulk(); what != "" {
		return kind, what
	}
	if !c.room(atOnce) {
		return "", ""
	}
	n := sandbox.Random(c.dice.between(1, 3))
	switch roll := c.dice.IntN(100); {
	case roll < 32:
		return LeadChanged, named("changed", c.Change(n))
	case roll < 46:
		return LeadInserted, named("inserted", c.appear(c.Insert(c.dice.between(1, 3))))
	case roll < 58:
		return StatusTouched, named("given another status, dateModified left alone", c.TouchStatus(n))
	case roll < 68:
		return LeadSoftGone, named("deleted, still listed", c.remove(n, sandbox.Soft))
	case roll < 80:
		return LeadGone, named("deleted without a trace", c.remove(n, sandbox.Gone))
	case roll < 89:
		return c.restore()
	case roll < 94:
		gone := c.remove(sandbox.Random(1), sandbox.Gone)
		return LeadsMerged, named("gone, merged into another; ", gone) + named("changed by that", c.Change(sandbox.Random(1)))
	case roll < 98:
		c.ChangeUsers(1)
		return UsersChanged, "a user is changed"
	default:
		return c.plant()
	}
}

func (c *rabbit) remove(which sandbox.Pick, how sandbox.Deletion) []int64 {
	ids := c.Delete(which, how)
	c.deleted = append(c.deleted, ids...)
	return ids
}

// appear notes from when on the source shows leads.
func (c *rabbit) appear(ids []int64) []int64 {
	for _, id := range ids {
		c.listed[id] = c.world.clock.Now()
	}
	return ids
}

func (c *rabbit) restore() (Kind, string) {
	if len(c.deleted) == 0 {
		return LeadRestored, ""
	}
	i := c.dice.IntN(len(c.deleted))
	id := c.deleted[i]
	c.deleted = append(c.deleted[:i], c.deleted[i+1:]...)
	if c.reappear.chance(35) && !c.nameless[id] {
		if back := c.Reappear(sandbox.These(id)); len(back) > 0 {
			c.back[id] = c.world.clock.Now()
			c.appear(back)
			return LeadReappeared, named("shown again as if it had never been gone", back)
		}
	}
	return LeadRestored, named("restored", c.appear(c.Restore(sandbox.These(id))))
}

// plant adds something that cannot be a row. No two of them are alike: the
// quarantine keeps one of each.
func (c *rabbit) plant() (Kind, string) {
	if c.planted++; c.planted > 3 {
		return RecordPlanted, ""
	}
	text := one(c.dice, `{"id":null,"note":"%d"}`, `{"note":"no id, %d"}`, `["not an object",%d]`, `{"id":"id of %d\u0000","x":"\ud800"}`)
	record := fmt.Sprintf(text, c.planted)
	c.nameless[c.PutWhole([]byte(record))] = true
	return RecordPlanted, "a record appears that has no usable id: " + strconv.Quote(record)
}

func named(what string, ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	text := "lead"
	for _, id := range ids {
		text += " " + strconv.FormatInt(id, 10)
	}
	return text + " " + what
}

// listedSince: an event comes with a change of its lead. In a list by dateModified a
// change moves a lead to the end, and who is shown its old place as it is and the end
// as it was sees it nowhere.
func (c *rabbit) listedSince(f fact) time.Time {
	id, is := c.leadOf(f)
	if !is {
		return time.Time{}
	}
	s := &c.world.settings
	moves := c.traps.IgnoreSort && s.stale+s.lag > 0
	if changed := f.changed.Add(2*time.Second - s.skew); (moves || c.world.stream.Name == "leadStatusHistories") && changed.After(c.listed[id]) {
		return changed
	}
	return c.listed[id]
}

// silent: a lead may be shown again with the times that it had.
func (c *rabbit) silent(f fact) time.Time {
	id, is := c.leadOf(f)
	if !is {
		return time.Time{}
	}
	return c.back[id]
}

// leadOf returns the lead that a record is, or is of.
func (c *rabbit) leadOf(f fact) (id int64, is bool) {
	if s := c.world.stream.Name; s != "leads" && s != "leadStatusHistories" {
		return 0, false
	}
	lead, _, _ := strings.Cut(f.id, "/")
	id, err := strconv.ParseInt(lead, 10, 64)
	return id, err == nil
}
