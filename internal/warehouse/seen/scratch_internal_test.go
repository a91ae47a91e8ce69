package seen

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Where an open file cannot be removed, it goes when it is closed.
func TestAScratchFileThatHasANameGoes(t *testing.T) {
	dir := t.TempDir()
	file, err := os.Create(filepath.Join(dir, "warren-seen-1"))
	if err != nil {
		t.Fatal(err)
	}
	s := &Scratch{File: file, named: true}
	s.Close()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v stay behind, %v", left, err)
	}
}

// A file that somebody cuts, or that takes no more, is no shorter walk (L3).
func TestL3_SharesNoticeAFileThatFailsThem(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := newShares(1)
	if err != nil {
		t.Fatal(err)
	}
	fill := func() (err error) {
		for m := range uint64(2 * blockSize / size) {
			err = errors.Join(err, s.add(m))
		}
		return err
	}
	if err := fill(); err != nil {
		t.Fatal(err)
	}
	if err := s.file.Truncate(blockSize + size); err != nil {
		t.Fatal(err)
	}
	n := 0
	count := func(uint64) error { n++; return nil }
	var unusable *ScratchError
	if err := s.each(0, count); !errors.As(err, &unusable) || n != blockSize/size {
		t.Errorf("of a file that was cut %d marks came, and %v", n, err)
	}
	s.close()
	if err := fill(); !errors.As(err, &unusable) {
		t.Errorf("a file that takes nothing said %v", err)
	}
}
