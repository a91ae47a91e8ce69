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

// Absent calls absent for each of rows that the walk has not shown; rows calls
// its argument for every row, with its id, and is called again for every Most
// ids of the walk. It returns the number of rows, and of different ids shown.
func Absent[R any](w Walk, rows func(func(id string, row R) error) error, absent func(R) error) (n, shown int64, err error) {
	total, err := w.Count()
	if err != nil {
		return 0, 0, err
	}
	most := w.Most
	if most == 0 {
		most = DefaultMost
	}
	shares := max(1, (uint64(total)+uint64(most)-1)/uint64(most))
	even := uint64(total) / shares
	marks := make([]uint64, 0, even+even/8+1)
	for share := range shares {
		if marks, err = w.share(marks[:0], share, shares); err != nil {
			return 0, 0, err
		}
		shown += int64(len(marks))
		n = 0
		err = rows(func(id string, row R) error {
			n++
			m := mark(id)
			if m%shares != share || has(marks, m) {
				return nil
			}
			return absent(row)
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return n, shown, nil
}

// share fills marks with those that leave the given rest, sorted, each once.
func (w Walk) share(marks []uint64, share, shares uint64) ([]uint64, error) {
	for part, err := range w.Parts {
		if err != nil {
			return nil, err
		}
		for ; len(part) >= size; part = part[size:] {
			m := binary.BigEndian.Uint64(part)
			if m%shares != share {
				continue
			}
			if len(marks) == cap(marks) {
				// What was shown again and again takes no more room than once
				// (L11), and only what is left may need more.
				if marks = distinct(marks); len(marks) > cap(marks)-cap(marks)/8 {
					marks = slices.Grow(marks, cap(marks)/4+1)
				}
			}
			marks = append(marks, m)
		}
	}
	return distinct(marks), nil
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
