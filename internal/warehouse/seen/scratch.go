package seen

import "os"

// Scratch is a temporary file that goes with the process: it has no name, where the
// system lets an open file be removed, and else goes with Close.
type Scratch struct {
	*os.File

	named bool
}

// NewScratch makes one in the directory for temporary files.
func NewScratch() (*Scratch, error) {
	file, err := os.CreateTemp("", "warren-seen-*")
	if err != nil {
		return nil, err
	}
	return &Scratch{File: file, named: os.Remove(file.Name()) != nil}, nil
}

// Close lets go of the file. There is nothing in it that anybody will miss.
func (s *Scratch) Close() {
	_ = s.File.Close()
	if s.named {
		_ = os.Remove(s.Name())
	}
}

// ScratchError is a temporary file that cannot be used.
type ScratchError struct{ Err error }

func (e *ScratchError) Error() string { return "the temporary file cannot be used: " + e.Err.Error() }

// Unwrap returns what the system said.
func (e *ScratchError) Unwrap() error { return e.Err }
