package seen

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"slices"
)

// size is how many bytes of an id are kept.
const size = 8

// Append adds an id to a part.
func Append(part []byte, id string) []byte {
	return binary.BigEndian.AppendUint64(part, mark(id))
}

func mark(id string) uint64 {
	sum := sha256.Sum256([]byte(id))
	return binary.BigEndian.Uint64(sum[:size])
}

// Parts yields what was remembered of a walk, part by part, or the error that
// ends it. It can be ranged over again.
type Parts iter.Seq2[[]byte, error]

// Walk is what a walk has shown.
type Walk struct {
	Parts Parts
	Most  int // about how many ids to hold in memory at a time, 8 bytes each; 0 means DefaultMost
}

// DefaultMost is what fits into the memory that a sync has anyway: 4 MiB.
const DefaultMost = 1 << 19

func (w Walk) most() int64 {
	if w.Most == 0 {
		return DefaultMost
	}
	return int64(w.Most)
}

// each calls do with every mark of the walk.
func (w Walk) each(do func(m uint64) error) error {
	for part, err := range w.Parts {
		if err == nil {
			err = eachMark(part, do)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Count returns how many ids the walk has, repeated ones included.
func (w Walk) Count() (n int64, err error) {
	for part, err := range w.Parts {
		if err != nil {
			return 0, err
		}
		n += int64(len(part) / size)
	}
	return n, nil
}

// Absent calls absent for each of rows that the walk has not shown; rows calls its
// argument for every row, with its id. It is called once, and where the walk has more
// than Most ids once more for every Most rows that are absent: the ids are then dealt
// out to shares, in temporary files of eight bytes for each id and each row, and one
// share after the other is compared. Absent returns the number of rows, and of different
// ids shown.
func Absent[R any](w Walk, rows func(func(id string, row R) error) error, absent func(R) error) (n, shown int64, err error) {
	total, err := w.Count()
	if err != nil {
		return 0, 0, err
	}
	if total <= w.most() {
		return absentAtOnce(w, total, rows, absent)
	}
	c := comparison{most: w.most()}
	defer c.close()
	if err := c.deal(w, total); err != nil {
		return 0, 0, err
	}
	if err := rows(func(id string, _ R) error { return c.table.add(mark(id)) }); err != nil {
		return 0, 0, err
	}
	err = c.compare(func(gone []uint64) error {
		return rows(func(id string, row R) error {
			if !has(gone, mark(id)) {
				return nil
			}
			return absent(row)
		})
	})
	if err != nil {
		return 0, 0, err
	}
	return c.rows, c.shown, nil
}

// absentAtOnce compares with all of the walk in memory.
func absentAtOnce[R any](w Walk, total int64, rows func(func(id string, row R) error) error, absent func(R) error) (n, shown int64, err error) {
	marks := make([]uint64, 0, total)
	err = w.each(func(m uint64) error {
		marks = append(marks, m)
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	marks = distinct(marks)
	err = rows(func(id string, row R) error {
		if n++; has(marks, mark(id)) {
			return nil
		}
		return absent(row)
	})
	if err != nil {
		return 0, 0, err
	}
	return n, int64(len(marks)), nil
}

// distinct sorts marks and leaves each once, in place.
func distinct(marks []uint64) []uint64 {
	slices.Sort(marks)
	return slices.Compact(marks)
}

func has(sorted []uint64, m uint64) bool {
	_, found := slices.BinarySearch(sorted, m)
	return found
}
