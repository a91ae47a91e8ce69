package salespro

import (
	"fmt"
	"strconv"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// writer makes records of the rows of one result.
type writer struct {
	r      *reading
	shape  shape
	hasher *hasher // nil where the rows have a key of their own
}

func (r *reading) writer(columns []athena.Column) *writer {
	w := &writer{r: r, shape: shapeOf(r.query, columns)}
	if w.shape.hashed {
		w.hasher = newHasher(wanted(r.stream), columns)
	}
	return w
}

// add puts a row into the page, as often as the share has it.
func (w *writer) add(row []athena.Cell) error {
	s := &w.shape
	if s.key >= 0 && len(row[s.key].Text) == 0 {
		w.r.skipped++
		return nil
	}
	copies := 1
	if s.copies >= 0 {
		n, err := strconv.Atoi(string(row[s.copies].Text))
		if err != nil || n < 1 {
			return &crm.Error{
				Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
				Message: fmt.Sprintf("Athena counts %q rows of %s that are the same", row[s.copies].Text, w.r.stream.Name),
				Fix:     "report this, please, with the run's log",
			}
		}
		copies = n
	}
	for number := 1; number <= copies; number++ {
		var key []byte
		if w.hasher != nil {
			key = w.hasher.key(row, number)
		}
		w.r.buffer = s.appendRecord(w.r.buffer, row, key)
		w.r.ends = append(w.r.ends, len(w.r.buffer))
	}
	return nil
}

// cellsOf fills in the cells of an object that UNLOAD wrote, which leaves out what
// is NULL.
func cellsOf(cells []athena.Cell, columns []athena.Column, object []byte) []athena.Cell {
	for i, c := range columns {
		value := rawjson.Member(object, c.Name)
		cells[i] = csv.Cell{}
		if value == nil || string(value) == "null" {
			continue
		}
		text, isText := rawjson.Unquote(nil, value)
		if !isText {
			text = value
		}
		cells[i] = csv.Cell{Text: text, Quoted: true}
	}
	return cells
}
