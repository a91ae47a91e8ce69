package simulate

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
)

// change: rows of a log only come, and those of tables that are computed change
// without a time of change.
func (c *share) change() (Kind, string) {
	name, some := c.world.settings.stream, sandbox.Random(c.dice.between(1, 3))
	roll := c.dice.IntN(100)
	switch {
	case name == sandbox.Activity && roll < 60, roll < 15:
		return c.noted(RecordInserted, "made")(c.Insert(name, c.dice.between(1, 3)))
	case name == sandbox.Activity, roll < 25:
		return c.late(name)
	case roll < 60:
		return c.noted(RecordChanged, "changed")(c.Change(name, some))
	case roll < 75:
		return c.remove(name)
	case roll < 85:
		return c.twin(name)
	case roll < 92 && c.world.stream.Snapshot:
		c.rebuilt = c.world.clock.Now()
		return TableRebuilt, done("the vendor makes "+name+" anew", c.Rebuild(name))
	default:
		return c.plant(name)
	}
}

// done is what happened, unless it could not.
func done(what string, err error) string {
	if err != nil {
		return ""
	}
	return what
}

// noted tells of rows that were changed, and notes since when they are there.
func (c *share) noted(kind Kind, what string) func(numbers []int, err error) (Kind, string) {
	return func(numbers []int, err error) (Kind, string) {
		if err != nil || len(numbers) == 0 {
			return kind, ""
		}
		keys := c.keys(numbers)
		if c.world.stream.Snapshot || kind != RecordChanged {
			c.came(keys)
		}
		if c.world.stream.Snapshot && !c.world.stream.Incremental {
			c.journal.changed(keys)
		}
		return kind, fmt.Sprintf("rows %v %s", numbers, what)
	}
}

// keys are the keys of rows as the judge has them.
func (c *share) keys(numbers []int) (keys []string) {
	rows, err := c.rows()
	if err != nil {
		return nil
	}
	for _, r := range rows {
		if slices.Contains(numbers, r.number) {
			keys = append(keys, c.world.fact(r.raw).id)
		}
	}
	return keys
}

// late lets a row come into the share that was made, or changed, hours ago.
func (c *share) late(name string) (Kind, string) {
	ago := c.dice.span(time.Minute, 23*time.Hour)
	column := "updated_at"
	if name == sandbox.Activity {
		column = "created_at"
	}
	at := c.world.sourceClock().Now().Add(-ago)
	number, err := c.Put(name, sandbox.Fields{column: at})
	if keys := c.keys([]int{number}); err == nil && len(keys) > 0 && c.gone[keys[0]] {
		_, err = c.Delete(name, sandbox.These(number)) // it would come back older than it was
		return RecordLate, done("", err)
	}
	return c.noted(RecordLate, "made "+ago.Round(time.Second).String()+" ago, and here only now")([]int{number}, err)
}

// remove takes rows out, all that have one key.
func (c *share) remove(name string) (Kind, string) {
	rows, err := c.rows()
	if err != nil || len(rows) == 0 {
		return RecordDeleted, ""
	}
	key := one(c.dice, rows...)
	var numbers []int
	for _, r := range rows {
		if r.number == key.number || c.keyed() && r.key == key.key {
			numbers = append(numbers, r.number)
		}
	}
	for _, key := range c.keys(numbers) {
		c.gone[key] = true
	}
	gone, err := c.Delete(name, sandbox.These(numbers...))
	return RecordDeleted, done(fmt.Sprintf("rows %v deleted", gone), err)
}

// twin adds a row with the key of another, or the very same one.
func (c *share) twin(name string) (Kind, string) {
	rows, err := c.rows()
	if err != nil || len(rows) == 0 {
		return TwinPlanted, ""
	}
	r := one(c.dice, rows...)
	fields := sandbox.Fields{}
	for column, text := range c.texts(r) {
		fields[column] = text
	}
	switch {
	case !c.world.stream.Snapshot && !c.keyed():
		return TwinPlanted, ""
	case c.keyed() && c.dice.chance(50):
		fields["company_id"] = one(c.dice, "0", "zzz") // at the same time
	case c.keyed():
		fields["updated_at"] = c.world.sourceClock().Now()
	}
	number, err := c.Put(name, fields)
	kind, what := c.noted(TwinPlanted, fmt.Sprintf("as row %d", r.number))([]int{number}, err)
	c.journal.changed(c.keys([]int{number}))
	return kind, what
}

// texts are the values of a row, nil for NULL.
func (c *share) texts(r sharedRow) map[string]any {
	f := c.world.fact(r.raw)
	all := map[string]any{}
	for _, column := range c.Columns(c.world.settings.stream) {
		all[column.Name] = unquoted(f.fields[column.Name])
	}
	return all
}

// plant puts a value that is hard to keep into a row.
func (c *share) plant(name string) (Kind, string) {
	rows, err := c.rows()
	if err != nil || len(rows) == 0 || c.world.stream.Snapshot {
		return ValuePlanted, ""
	}
	r := one(c.dice, rows...)
	value := one[any](c.dice, nil, "", "NULL", `\N`, "a\nb", `say "hi", she said`, "'", "\u00a0", "2026-13-45", "\U0001F600")
	column := one(c.dice, "company_name", "company_id")
	if name == sandbox.LeadResult {
		column = one(c.dice, "lead_results", "company_id")
	}
	err = c.Edit(name, r.number, sandbox.Fields{column: value})
	return ValuePlanted, done(fmt.Sprintf("row %d has %s as %s", r.number, quoted(value), column), err)
}

// quoted is a value for a person.
func quoted(value any) string {
	if text, is := value.(string); is {
		return strconv.Quote(text)
	}
	return "NULL"
}
