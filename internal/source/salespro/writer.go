package salespro

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// writer makes records of the rows of one result.
type writer struct {
	r      *reading
	shape  shape
	hasher *hasher // nil where the rows have a key of their own
}

func (r *reading) writer(columns []athena.Column) *writer {
	w := &writer{r: r, shape: shapeOf(r.stream, r.query, columns)}
	if r.query.hashed {
		w.hasher = newHasher(r.stream, columns)
	}
	return w
}

// add puts a row into the page, as often as the share has it. Where it has it more
// often than a page holds, pages go out in the middle of the row (L11), with the
// checkpoint of the page before: whoever goes on there has all of the row again.
func (w *writer) add(row []athena.Cell) error {
	s := &w.shape
	if s.key >= 0 && !w.counts(row[s.key].Text) {
		return nil
	}
	copies, err := w.copiesOf(row)
	if err != nil {
		return err
	}
	for number := 1; number <= copies; number++ {
		var key []byte
		if w.hasher != nil {
			key = w.hasher.key(row, number)
		}
		w.r.buffer = s.appendRecord(w.r.buffer, row, key)
		w.r.ends = append(w.r.ends, len(w.r.buffer))
		if number < copies && w.r.full() {
			if w.r.send(w.r.checkpoint, false); w.r.left {
				return nil
			}
		}
	}
	return nil
}

// counts reports whether a row with that key is one to hand on: it has a key, and is
// the newest that has it.
func (w *writer) counts(key []byte) bool {
	switch {
	case len(key) == 0:
		w.r.skipped++
		return false
	case bytes.Equal(key, w.r.last):
		w.r.page.Repeated++
		return false
	}
	w.r.last = append(w.r.last[:0], key...)
	return true
}

// copiesOf is how many rows of the share are this one.
func (w *writer) copiesOf(row []athena.Cell) (int, error) {
	if w.shape.copies < 0 {
		return 1, nil
	}
	text := string(row[w.shape.copies].Text)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, &crm.Error{
			Code: crm.CodeBadAnswer, Origin: crm.OriginSource,
			Message: fmt.Sprintf("Athena counts %q rows of %s that are the same", text, w.r.stream.Name),
			Fix:     "Report this, please, with the run's log.",
		}
	}
	return n, nil
}
