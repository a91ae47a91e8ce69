package simulate

import (
	"fmt"
	"strconv"

	sandbox "github.com/warren-sync/warren/internal/sandbox/hubspot"
)

// change: what moves no time of change is noted in the journal.
func (c *hub) change() (Kind, string) {
	typ, some := c.world.settings.stream, sandbox.Random(c.dice.between(1, 3))
	switch roll := c.dice.IntN(100); {
	case roll < 32:
		return RecordChanged, list("changed", texts(c.Change(typ, some)))
	case roll < 44:
		return RecordInserted, list("made", c.came(texts(c.Create(typ, c.dice.between(1, 3)))))
	case roll < 48:
		return RecordsImported, list("imported in one millisecond", c.came(texts(c.Import(typ, c.dice.between(5, 40)))))
	case roll < 58:
		return RecordArchived, list("archived", c.journal.changed(texts(c.Archive(typ, some))))
	case roll < 67:
		return RecordRestored, list("restored", c.journal.changed(c.came(texts(c.Restore(typ, some)))))
	case roll < 74:
		return RecordPurged, list("deleted for good", texts(c.Purge(typ, some)))
	case roll < 82:
		return RecordRecalculated, list("calculated anew", c.journal.changed(texts(c.Recalculate(typ, some))))
	case roll < 90:
		return c.merge(typ)
	case roll < 93:
		return c.addProperty(typ)
	default:
		return c.plant(typ)
	}
}

// active lists the active records.
func (c *hub) active(typ string) (ids []int64) {
	for id := range c.Records(typ) {
		ids = append(ids, id)
	}
	return ids
}

// merge makes one record of two or three.
func (c *hub) merge(typ string) (Kind, string) {
	ids := c.active(typ)
	if len(ids) < 4 {
		return RecordsMerged, ""
	}
	c.dice.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	losers := ids[1:c.dice.between(2, 3)]
	survivor, ok := c.Merge(typ, ids[0], losers...)
	if !ok {
		return RecordsMerged, ""
	}
	if survivor != ids[0] {
		c.came(texts([]int64{survivor}))
	}
	return RecordsMerged, list(fmt.Sprintf("takes up %v and is %d", losers, survivor), texts(ids[:1]))
}

// addProperty makes a property.
func (c *hub) addProperty(typ string) (Kind, string) {
	if c.added == 3 {
		return PropertyAdded, ""
	}
	c.added++
	kind := one(c.dice, "string", "number", "datetime", "bool")
	p := sandbox.Property{Name: "added_" + strconv.Itoa(c.added), Type: kind, FieldType: "text"}
	if !c.AddProperty(typ, p) {
		return PropertyAdded, ""
	}
	for id := range c.Archived(typ) {
		c.journal.changed(texts([]int64{id}))
	}
	c.journal.changed(texts(c.active(typ))) // it has values, as one that is calculated
	return PropertyAdded, "a property is added: " + p.Name + ", a " + kind
}

// plant puts a value that is hard to keep into a record.
func (c *hub) plant(typ string) (Kind, string) {
	ids := c.active(typ)
	if len(ids) == 0 {
		return ValuePlanted, ""
	}
	id := ids[c.dice.IntN(len(ids))]
	value := one(c.dice, "a\u0000b", "", "$33,000", "01/02/2026", "null", "\U0001F600 ' \" \\", "1e400")
	name := one(c.dice, "firstname", "hs_object_source_label", "amount", "dealname", "added_1", "added_2")
	if !c.Set(typ, id, map[string]*string{name: &value}) {
		return ValuePlanted, ""
	}
	return ValuePlanted, list(fmt.Sprintf("has %q as %s", value, name), texts([]int64{id}))
}

func texts(ids []int64) []string {
	keys := make([]string, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, strconv.FormatInt(id, 10))
	}
	return keys
}
