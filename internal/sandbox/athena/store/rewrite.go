package store

import (
	"io"
	"unicode"
)

// Rewrite replaces an object by another of the same size, in which every letter
// behind the first line has the other case: whoever had read one half of it and
// went on with the other would hold a mixture.
func (s *Store) Rewrite(bucket, key string) error {
	f, ok := s.Open(bucket, key)
	if !ok {
		return nil
	}
	defer func() { _ = f.Close() }()
	w, err := s.Create(bucket, key)
	if err != nil {
		return err
	}
	if _, err := io.Copy(&turner{out: w}, f); err != nil {
		w.Abort()
		return err
	}
	return w.Commit()
}

// turner turns the case of letters behind the first line.
type turner struct {
	out    io.Writer
	behind bool
}

func (t *turner) Write(p []byte) (int, error) {
	turned := make([]byte, len(p))
	for i, c := range p {
		if turned[i] = c; t.behind && c < 0x80 && unicode.IsLetter(rune(c)) {
			turned[i] = c ^ 0x20
		}
		t.behind = t.behind || c == '\n'
	}
	return t.out.Write(turned)
}
