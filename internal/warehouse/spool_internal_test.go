package warehouse

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/seen"
)

// read returns the parts of a spool, as copies.
func read(t *testing.T, s *spool) (parts [][]byte) {
	t.Helper()
	for part, err := range s.parts {
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, bytes.Clone(part))
	}
	return parts
}

// left lists what stands in the directory for temporary files.
func left(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestSpoolGivesBackItsPartsInOrder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	var s spool
	if got := read(t, &s); got != nil {
		t.Errorf("an empty spool has %q", got)
	}
	s.close()
	long := bytes.Repeat([]byte{0xff, 0}, 100_000)
	for _, part := range [][]byte{[]byte("first"), nil, {0, 0, 0, 1}, {}, long, []byte("last")} {
		if err := s.add(part); err != nil {
			t.Fatal(err)
		}
	}
	want := [][]byte{[]byte("first"), {0, 0, 0, 1}, long, []byte("last")}
	for range 2 { // it can be gone through again
		got := read(t, &s)
		if len(got) != len(want) {
			t.Fatalf("%d parts, want %d", len(got), len(want))
		}
		for i := range want {
			if !bytes.Equal(got[i], want[i]) {
				t.Errorf("part %d has %d bytes, want %d", i, len(got[i]), len(want[i]))
			}
		}
	}
	for part, err := range s.parts { // and left in the middle
		if err != nil || string(part) != "first" {
			t.Errorf("%q, %v", part, err)
		}
		break
	}
	if err := s.add([]byte("later")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, &s); len(got) != 5 || string(got[4]) != "later" {
		t.Errorf("after another part it has %d", len(got))
	}
	s.close()
	s.close()
	if files := left(t, dir); len(files) > 0 {
		t.Errorf("%v stay behind", files)
	}
	if got := read(t, &s); got != nil {
		t.Errorf("a closed spool has %d parts", len(got))
	}
}

func TestSpoolSaysWhatToDoWithoutAPlaceToWrite(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	var s spool
	wantSpoolFailed(t, s.add([]byte("part")))

	t.Setenv("TMPDIR", t.TempDir())
	if err := s.add([]byte("part")); err != nil {
		t.Fatal(err)
	}
	s.file.Close()
	wantSpoolFailed(t, s.add([]byte("another")))
	wantPartsFail(t, &s)
}

// So does a comparison that takes a temporary file.
func TestACompareOfManySaysWhatToDoWithoutAPlaceToWrite(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	many := make([]byte, 8*(seen.DefaultMost+1))
	_, err := compareWalk(t.Context(), nil, func(yield func([]byte, error) bool) { yield(many, nil) }, nil)
	wantSpoolFailed(t, err)
}

// A file that somebody cuts is no shorter walk (L3).
func TestL3_SpoolNoticesWhatIsMissing(t *testing.T) {
	for name, size := range map[string]int64{"within a part": 4 + 5 + 4 + 3, "within a length": 4 + 5 + 2} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			var s spool
			defer s.close()
			for _, part := range []string{"first", "second"} {
				if err := s.add([]byte(part)); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.file.Truncate(size); err != nil {
				t.Fatal(err)
			}
			wantPartsFail(t, &s)
		})
	}
}

func wantPartsFail(t *testing.T, s *spool) {
	t.Helper()
	var last error
	for _, err := range s.parts {
		last = err
	}
	wantSpoolFailed(t, last)
}

func wantSpoolFailed(t *testing.T, err error) {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) || e.Code != crm.CodeInternal || e.Origin != crm.OriginWarren || e.Err == nil || e.Message == "" || e.Fix == "" {
		t.Errorf("got %v", err)
	}
}
