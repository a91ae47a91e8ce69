package seen

import "encoding/binary"

// blockSize is how many bytes of a share are written at a time. There is one block in
// memory for each share: a hundred million ids take 200 of them.
const blockSize = 4096

// shares deals marks out, each to the share that it belongs to, and keeps them in a
// temporary file: reading one share back costs no more than it has.
type shares struct {
	file   *Scratch
	next   int64     // where the next block goes
	places [][]int64 // of each share, where its blocks stand
	open   [][]byte  // of each share, the block that is being filled
	read   []byte    // scratch
}

func newShares(n uint64) (*shares, error) {
	file, err := NewScratch()
	if err != nil {
		return nil, &ScratchError{err}
	}
	return &shares{file: file, places: make([][]int64, n), open: make([][]byte, n)}, nil
}

func (s *shares) add(m uint64) error {
	share := m % uint64(len(s.open))
	block := s.open[share]
	if block == nil {
		block = make([]byte, 0, blockSize)
	}
	block = binary.BigEndian.AppendUint64(block, m)
	if len(block) == blockSize {
		if _, err := s.file.WriteAt(block, s.next); err != nil {
			return &ScratchError{err}
		}
		s.places[share] = append(s.places[share], s.next)
		s.next += blockSize
		block = block[:0]
	}
	s.open[share] = block
	return nil
}

// each calls do with every mark of a share.
func (s *shares) each(share int, do func(m uint64) error) error {
	if s.read == nil {
		s.read = make([]byte, blockSize)
	}
	for _, at := range s.places[share] {
		if _, err := s.file.ReadAt(s.read, at); err != nil {
			return &ScratchError{err}
		}
		if err := eachMark(s.read, do); err != nil {
			return err
		}
	}
	return eachMark(s.open[share], do)
}

// eachMark calls do with every mark of a part; what it has beyond whole marks is
// nobody's.
func eachMark(part []byte, do func(m uint64) error) error {
	for ; len(part) >= size; part = part[size:] {
		if err := do(binary.BigEndian.Uint64(part)); err != nil {
			return err
		}
	}
	return nil
}

func (s *shares) close() { s.file.Close() }
