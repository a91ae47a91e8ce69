package store

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"

	"github.com/warren-sync/warren/internal/crm"
)

func open(t *testing.T) *Store {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	s, err := New(crm.SystemClock{}, "b")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(t *testing.T, s *Store, content string) {
	t.Helper()
	w, err := s.Create("b", "k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, s *Store) string {
	t.Helper()
	f, ok := s.Open("b", "k")
	if !ok {
		return ""
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func files(t *testing.T, s *Store) int {
	t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestObjectsAreSeenWhole(t *testing.T) {
	s := open(t)
	w, err := s.Create("b", "k")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "half"); err != nil || s.HasPrefix("b", "") || w.Size() != 4 {
		t.Errorf("seen before Commit: %v", err)
	}
	w.Abort()
	if files(t, s) != 0 {
		t.Error("Abort leaves a file")
	}
	put(t, s, "one")
	reading, ok := s.Open("b", "k")
	if !ok {
		t.Fatal("not there")
	}
	put(t, s, "two")
	if old, err := io.ReadAll(reading); err != nil || string(old) != "one" {
		t.Errorf("who reads a replaced object gets %q, %v", old, err)
	}
	_ = reading.Close()
	if got := content(t, s); got != "two" || files(t, s) != 1 {
		t.Errorf("content %q in %d files", got, files(t, s))
	}
	s.Delete("b", "k")
	s.Delete("b", "k")
	s.Delete("nowhere", "k")
	if content(t, s) != "" || files(t, s) != 0 || s.ETag("b", "k") != "" || s.ETag("nowhere", "k") != "" || s.HasBucket("nowhere") {
		t.Error("Delete leaves something")
	}
}

func TestRewriteTurnsLettersBehindTheFirstLine(t *testing.T) {
	s := open(t)
	put(t, s, "Head,er\nRow 1,é\n")
	before := s.ETag("b", "k")
	if err := s.Rewrite("b", "k"); err != nil {
		t.Fatal(err)
	}
	if got := content(t, s); got != "Head,er\nrOW 1,é\n" || s.ETag("b", "k") == before {
		t.Errorf("content %q", got)
	}
	if err := s.Rewrite("b", "nothing"); err != nil || s.HasPrefix("b", "nothing") {
		t.Errorf("nothing: %v", err)
	}
}

func TestNoBucketNoObject(t *testing.T) {
	s := open(t)
	w, err := s.Create("nowhere", "k")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); crm.CodeOf(err) != crm.CodeNotFound || files(t, s) != 0 {
		t.Errorf("%v, %d files", err, files(t, s))
	}
}

func TestADirectoryThatIsGone(t *testing.T) {
	s := open(t)
	put(t, s, "one")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create("b", "x"); crm.CodeOf(err) != crm.CodeInternal {
		t.Errorf("Create: %v", err)
	}
	if _, ok := s.Open("b", "k"); ok {
		t.Error("Open finds it")
	}
	back := backend{s}
	if _, err := back.PutObject("b", "x", nil, strings.NewReader("x"), 1, nil); err == nil {
		t.Error("PutObject works")
	}
	if _, err := back.GetObject("b", "k", nil); !gofakes3.HasErrorCode(err, gofakes3.ErrNoSuchKey) {
		t.Errorf("GetObject: %v", err)
	}
}

func TestWritesThatFailLeaveNothing(t *testing.T) {
	s := open(t)
	w, err := s.Create("b", "k")
	if err != nil {
		t.Fatal(err)
	}
	_ = w.file.Close() // the disk fails
	if _, err := w.Write(make([]byte, 1<<20)); crm.CodeOf(err) != crm.CodeInternal {
		t.Errorf("Write: %v", err)
	}
	if err := w.Commit(); crm.CodeOf(err) != crm.CodeInternal || s.HasPrefix("b", "k") || files(t, s) != 0 {
		t.Errorf("Commit: %v", err)
	}
	if _, err := (backend{s}).PutObject("b", "k", nil, strings.NewReader("short"), 9, nil); !gofakes3.HasErrorCode(err, gofakes3.ErrIncompleteBody) || files(t, s) != 0 {
		t.Errorf("a short body: %v", err)
	}
}

func TestBucketsAreNotMadeNorDropped(t *testing.T) {
	back := backend{open(t)}
	for _, err := range []error{back.CreateBucket("c"), back.DeleteBucket("b"), back.ForceDeleteBucket("b")} {
		if !gofakes3.HasErrorCode(err, gofakes3.ErrNotImplemented) {
			t.Errorf("%v", err)
		}
	}
	source := timeSource{crm.SystemClock{}}
	if source.Since(source.Now()) < 0 {
		t.Error("time runs backwards")
	}
}
