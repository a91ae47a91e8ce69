package simulate

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// sharedRow is a row of the share as the judge reads it.
type sharedRow struct {
	number int
	key    string
	raw    []byte
	order  []string // by which one of several rows with one key counts: the greatest does
}

// rows lists the rows of the table.
func (c *share) rows() (rows []sharedRow, err error) {
	name := c.world.settings.stream
	columns := c.Columns(name)
	key := c.world.stream.PrimaryKey[0]
	for number, values := range c.Rows(name) {
		r := sharedRow{number: number}
		fields := map[string]*string{}
		for i, column := range columns {
			t, err := table.ParseType(column.Type)
			if err != nil {
				return nil, err
			}
			if !values[i].IsNull() {
				text := string(values[i].AppendText(nil, t))
				fields[column.Name] = &text
			} else {
				fields[column.Name] = nil
			}
		}
		if fields[key] != nil {
			r.key = *fields[key]
		}
		r.order = c.order(fields)
		if r.raw, err = record(fields); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// order is the time of change and then all other columns, NULL before all else.
func (c *share) order(fields map[string]*string) (order []string) {
	names := []string{"updated_at"}
	for _, f := range c.world.stream.Fields {
		name, _, _ := strings.Cut(f.Paths[0], ".")
		if name == titles {
			name = results
		}
		names = append(names, name)
	}
	for _, name := range names {
		text := ""
		if fields[name] != nil {
			text = "1" + *fields[name]
		}
		order = append(order, text)
	}
	return order
}

// The members of a lead result.
const (
	results = "lead_results"
	titles  = "lead_results_by_title"
)

// record writes a row as a record, all values as texts.
func record(fields map[string]*string) ([]byte, error) {
	all := map[string]any{}
	for name, text := range fields {
		all[name] = text
	}
	if text := fields[results]; text != nil {
		all[titles] = byTitle(*text)
	}
	return json.Marshal(all)
}

// byTitle reads a lead result: the value of each title, the last one if there are
// several. What is no list of titles is nothing.
func byTitle(text string) any {
	var list []struct {
		Title *string
		Value any
	}
	if json.Unmarshal([]byte(text), &list) != nil {
		return nil
	}
	all := map[string]any{}
	for _, e := range list {
		if e.Title == nil || strings.TrimSpace(*e.Title) == "" {
			continue
		}
		title := strings.TrimSpace(*e.Title)
		all[title] = answer(e.Value, strings.HasSuffix(title, "Price") || strings.HasPrefix(title, "Last Price"))
	}
	return all
}

// answer is a value without what people write around it.
func answer(value any, price bool) any {
	text, is := value.(string)
	if !is {
		return value
	}
	text = strings.TrimSpace(text)
	if price {
		plain := strings.NewReplacer("$", "", ",", "", " ", "").Replace(text)
		if plain == "" || strings.Trim(plain, "0123456789.") == "" {
			text = plain // else it is no price, and stays as it is
		}
	} else {
		text = strings.TrimSpace(strings.TrimLeft(text, "-"))
	}
	switch strings.ToLower(text) {
	case "", "null", "none", "n/a":
		return nil
	}
	return text
}

// records lists the rows that count: of several with one key the newest, and none
// without a key.
func (c *share) records() (raws [][]byte, err error) {
	rows, err := c.rows()
	if err != nil {
		return nil, err
	}
	if c.keyed() {
		rows = slices.DeleteFunc(rows, func(r sharedRow) bool { return r.key == "" })
		slices.SortStableFunc(rows, func(a, b sharedRow) int {
			return cmp.Or(cmp.Compare(a.key, b.key), slices.Compare(b.order, a.order))
		})
		rows = slices.CompactFunc(rows, func(a, b sharedRow) bool { return a.key == b.key })
	}
	for _, r := range rows {
		raws = append(raws, r.raw)
	}
	return raws, nil
}
