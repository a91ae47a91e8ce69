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
	Most  int // how many ids to hold in memory at a time, 8 bytes each; 0 means DefaultMost
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
	for share := range shares {
		marks, err := w.share(share, shares, total)
		if err != nil {
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

// share returns the marks that leave the given rest, sorted, each once.
func (w Walk) share(share, shares uint64, total int64) ([]uint64, error) {
	even := total / int64(shares)
	marks := make([]uint64, 0, even+even/16)
	for part, err := range w.Parts {
		if err != nil {
			return nil, err
		}
		for ; len(part) >= size; part = part[size:] {
			if m := binary.BigEndian.Uint64(part); m%shares == share {
				marks = append(marks, m)
			}
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks), nil
}

func has(sorted []uint64, m uint64) bool {
	_, found := slices.BinarySearch(sorted, m)
	return found
}
