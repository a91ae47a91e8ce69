package simulate

import (
	"cmp"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// config is what warren.yaml says; somebody may change it between two processes.
type config struct {
	world    *world
	dice     dice
	fickle   bool // whether it changes in this life
	deletes  crm.DeletePolicy
	declared crm.Stream
	plain    crm.Stream // as the source declares it, or describes it
	mapping  mapping
	remapped bool // whether it was another one before
	failed   bool // whether a mapping has failed records that another one does not
}

// mapping is in what way the fields of a stream are mapped.
type mapping int

// The mappings.
const (
	asDeclared mapping = iota
	narrow             // numbers beyond bounds are NULL
	strict             // or fail their record
	emptyNull          // texts that are empty are NULL
	mappings
)

func newConfig(w *world, stream crm.Stream, limit float64) *config {
	c := &config{world: w, dice: newDice(w.seed, "config"), declared: stream, plain: stream, deletes: crm.DeletePolicy{How: crm.DeletesSoft, Limit: limit}}
	c.fickle = c.dice.chance(25) && !stream.Snapshot
	switch roll := c.dice.IntN(100); {
	case roll < 20:
		c.deletes.How = crm.DeletesHard
	case roll < 28:
		c.deletes.How = crm.DeletesOff
	}
	if c.fickle && c.dice.chance(30) {
		c.mapTo(strict)
	}
	return c
}

// mapTo maps the fields of the stream in another way.
func (c *config) mapTo(m mapping) {
	c.remapped, c.mapping, c.failed = true, m, c.failed || m == strict
	c.world.stream = c.mapped(c.plain)
	c.world.story.tell(World, "warren.yaml: %s", m)
}

// mapped is a stream as it is mapped now.
func (c *config) mapped(stream crm.Stream) crm.Stream {
	return c.mapping.of(stream, c.world.company.bounds())
}

// change changes one thing, or nothing.
func (c *config) change() {
	w := c.world
	if !c.fickle || !c.dice.chance(60) {
		return
	}
	switch roll := c.dice.IntN(100); {
	case c.mapping == strict || roll >= 50:
		w.story.count(MappingChanged)
		c.mapTo((c.mapping + mapping(c.dice.between(1, int(mappings)-1))) % mappings)
	case roll < 35:
		c.deletes.How = one(c.dice, slices.DeleteFunc([]crm.Deletes{crm.DeletesSoft, crm.DeletesHard, crm.DeletesOff}, func(d crm.Deletes) bool {
			return d == c.deletes.How
		})...)
		w.story.happened(DeletesChanged, World, "warren.yaml: deletes: %s", c.deletes.How)
	default:
		c.deletes.Limit = one(c.dice, 1, 0.5, 0.1)
		w.story.happened(LimitChanged, World, "warren.yaml: delete_limit: %g", c.deletes.Limit)
	}
}

// hope is in how many cases of a hundred somebody replays the quarantine: more
// often once a mapping has gone that filled it.
func (c *config) hope() int {
	if c.failed && c.mapping != strict {
		return 60
	}
	return 10
}

// of maps the fields of a stream.
func (m mapping) of(stream crm.Stream, b bounds) crm.Stream {
	stream.Fields = slices.Clone(stream.Fields)
	for i := range stream.Fields {
		f := &stream.Fields[i]
		switch {
		case (m == narrow || m == strict) && f.Column == b.column:
			f.Rule.Type, f.Rule.Min, f.Rule.Max, f.Strict = cmp.Or(f.Rule.Type, "decimal"), b.least, b.most, m == strict
		case m == emptyNull && f.Type == crm.TypeText:
			f.EmptyNull = true
		}
	}
	return stream
}

// String says how fields are mapped.
func (m mapping) String() string {
	switch m {
	case narrow:
		return "numbers beyond the bounds are NULL"
	case strict:
		return "numbers beyond the bounds fail their record"
	case emptyNull:
		return "texts that are empty are NULL"
	default:
		return "fields as the source declares them"
	}
}

// refused reports whether a record breaks a rule that fails it, and so belongs
// into the quarantine.
func (w *world) refused(f fact) bool {
	return slices.ContainsFunc(w.stream.Fields, func(field crm.Field) bool {
		if !field.Strict {
			return false
		}
		_, known := expected(field, f.values)
		return !known
	})
}

// deletes is what becomes of rows whose records are gone: those of a snapshot go with
// it, whatever warren.yaml says.
func (w *world) deletes() crm.Deletes {
	if w.stream.Snapshot {
		return crm.DeletesHard
	}
	return w.config.deletes.How
}
