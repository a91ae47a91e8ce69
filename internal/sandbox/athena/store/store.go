package store

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/johannesboyne/gofakes3"

	"github.com/warren-sync/warren/internal/crm"
)

// Store is a set of buckets. It is safe for concurrent use. An object that is
// replaced or deleted can be read to its end by those who have it open.
type Store struct {
	clock crm.Clock
	dir   string

	mu      sync.Mutex
	buckets map[string]*bucket
	files   int // made so far
}

type bucket struct {
	created time.Time
	objects map[string]*object
}

// object is one version of what lies under a key. It never changes.
type object struct {
	path     string
	size     int64
	hash     []byte // MD5 of the content: the ETag
	modified time.Time
	meta     map[string]string
}

// New makes a store with empty buckets of these names in a new directory below
// the one for temporary files. Close removes it.
func New(clock crm.Clock, names ...string) (*Store, error) {
	dir, err := os.MkdirTemp("", "warren-sandbox-")
	if err != nil {
		return nil, unusable(err)
	}
	s := &Store{clock: clock, dir: dir, buckets: map[string]*bucket{}}
	for _, name := range names {
		s.buckets[name] = &bucket{created: clock.Now(), objects: map[string]*object{}}
	}
	return s, nil
}

// Close removes all objects.
func (s *Store) Close() error {
	if err := os.RemoveAll(s.dir); err != nil {
		return unusable(err)
	}
	return nil
}

func unusable(err error) error {
	return &crm.Error{
		Code: crm.CodeInternal, Origin: crm.OriginWarren, Err: err,
		Message: "The directory for the sandbox's objects cannot be used", Fix: "Point TMPDIR at a directory with room in it.",
	}
}

// HasBucket reports whether there is a bucket of that name.
func (s *Store) HasBucket(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buckets[name] != nil
}

// HasPrefix reports whether an object's key begins with prefix.
func (s *Store) HasPrefix(bucket, prefix string) bool { return len(s.Keys(bucket, prefix)) > 0 }

// Open opens an object for reading. It is false where there is none.
func (s *Store) Open(bucket, key string) (*os.File, bool) {
	o, f := s.open(bucket, key)
	return f, o != nil
}

// open returns what lies under the key and its file, or nil.
func (s *Store) open(bucket, key string) (*object, *os.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil || b.objects[key] == nil {
		return nil, nil
	}
	f, err := os.Open(b.objects[key].path)
	if err != nil {
		return nil, nil
	}
	return b.objects[key], f
}

// ETag returns the tag of an object as answers have it; "" where there is none.
func (s *Store) ETag(bucket, key string) string {
	if o := s.find(bucket, key); o != nil {
		return gofakes3.FormatETag(o.hash)
	}
	return ""
}

func (s *Store) find(bucket, key string) *object {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[bucket]; b != nil {
		return b.objects[key]
	}
	return nil
}

// put lets the object lie under the key. It is false, and the object gone, where
// the bucket is gone.
func (s *Store) put(bucket, key string, o *object) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil {
		_ = os.Remove(o.path)
		return false
	}
	if old := b.objects[key]; old != nil {
		_ = os.Remove(old.path)
	}
	b.objects[key] = o
	return true
}

// Delete removes an object, if there is one.
func (s *Store) Delete(bucket, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.buckets[bucket]; b != nil && b.objects[key] != nil {
		_ = os.Remove(b.objects[key].path)
		delete(b.objects, key)
	}
}

// newFile makes a file of its own.
func (s *Store) newFile() (*os.File, error) {
	s.mu.Lock()
	s.files++
	name := strconv.Itoa(s.files)
	s.mu.Unlock()
	f, err := os.Create(filepath.Join(s.dir, name))
	if err != nil {
		return nil, unusable(err)
	}
	return f, nil
}
