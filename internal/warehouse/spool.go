package warehouse

import (
	"encoding/binary"
	"io"
	"os"

	"github.com/warren-sync/warren/internal/crm"
)

// spool keeps what a dry run was shown, in a file of its own that has no name
// or goes with the process: the warehouse must not be written to (L6), and
// memory must not grow with the records (L11). The zero spool is ready to use.
type spool struct {
	file *os.File
	name string // to be removed; "" once it is
}

// add appends a part.
func (s *spool) add(part []byte) error {
	if len(part) == 0 {
		return nil
	}
	if s.file == nil {
		file, err := os.CreateTemp("", "warren-seen-*")
		if err != nil {
			return spoolFailed(err)
		}
		s.file, s.name = file, file.Name()
		if os.Remove(s.name) == nil { // where an open file can be removed, nothing stays behind
			s.name = ""
		}
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

// close lets go of the file. There is nothing in it that anybody will miss.
func (s *spool) close() {
	if s.file == nil {
		return
	}
	_ = s.file.Close()
	if s.name != "" {
		_ = os.Remove(s.name)
	}
	s.file = nil
}

func spoolFailed(err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
		Message: "the temporary file that remembers which records were read cannot be used",
		Fix:     "Make room in the directory for temporary files, or set TMPDIR to another one.",
	}
}
