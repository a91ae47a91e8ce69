package warehouse

import (
	"encoding/binary"
	"io"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// spool keeps what a dry run was shown, in a temporary file: the warehouse must not be
// written to (L6), and memory must not grow with the records (L11). The zero spool is
// ready to use.
type spool struct{ file *seen.Scratch }

// add appends a part.
func (s *spool) add(part []byte) error {
	if len(part) == 0 {
		return nil
	}
	if s.file == nil {
		file, err := seen.NewScratch()
		if err != nil {
			return spoolFailed(err)
		}
		s.file = file
	}
	framed := binary.BigEndian.AppendUint32(make([]byte, 0, len(part)+4), uint32(len(part)))
	if _, err := s.file.Write(append(framed, part...)); err != nil {
		return spoolFailed(err)
	}
	return nil
}

// parts yields the parts in the order in which they came.
func (s *spool) parts(yield func([]byte, error) bool) {
	if s.file == nil {
		return
	}
	in := io.NewSectionReader(s.file, 0, 1<<62)
	for {
		var length [4]byte
		if _, err := io.ReadFull(in, length[:]); err == io.EOF {
			return
		} else if err != nil {
			yield(nil, spoolFailed(err))
			return
		}
		part := make([]byte, binary.BigEndian.Uint32(length[:]))
		if _, err := io.ReadFull(in, part); err != nil {
			yield(nil, spoolFailed(err))
			return
		}
		if !yield(part, nil) {
			return
		}
	}
}

func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
}

func spoolFailed(err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
		Message: "the temporary file that remembers which records were read cannot be used",
		Fix:     "Make room in the directory for temporary files, or set TMPDIR to another one.",
	}
}
