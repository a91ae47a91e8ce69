package store

import (
	"bufio"
	"crypto/md5" // S3's ETags are made of it
	"hash"
	"io"
	"maps"
	"os"

	"github.com/warren-sync/warren/internal/crm"
)

// Writer writes one object. Nobody sees it before Commit.
type Writer struct {
	store       *Store
	bucket, key string
	meta        map[string]string
	file        *os.File
	buffer      *bufio.Writer
	hash        hash.Hash
	size        int64
}

// Create begins an object. Either Commit or Abort has to follow.
func (s *Store) Create(bucket, key string) (*Writer, error) {
	f, err := s.newFile()
	if err != nil {
		return nil, err
	}
	w := &Writer{store: s, bucket: bucket, key: key, file: f, hash: md5.New()}
	w.buffer = bufio.NewWriterSize(io.MultiWriter(f, w.hash), 256<<10)
	return w, nil
}

// Write appends to the object.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.buffer.Write(p)
	w.size += int64(n)
	if err != nil {
		return n, unusable(err)
	}
	return n, nil
}

// Size returns how many bytes were written.
func (w *Writer) Size() int64 { return w.size }

// Commit puts the object in its place.
func (w *Writer) Commit() error {
	if err := w.buffer.Flush(); err != nil {
		w.Abort()
		return unusable(err)
	}
	if err := w.file.Close(); err != nil {
		return unusable(err)
	}
	o := &object{path: w.file.Name(), size: w.size, hash: w.hash.Sum(nil), modified: w.store.clock.Now().UTC(), meta: maps.Clone(w.meta)}
	if !w.store.put(w.bucket, w.key, o) {
		return &crm.Error{
			Code: crm.CodeNotFound, Origin: crm.OriginConfig,
			Message: "There is no bucket " + w.bucket + " in the sandbox.", Fix: "Use one that it was started with.",
		}
	}
	return nil
}

// Abort drops what was written.
func (w *Writer) Abort() {
	_ = w.file.Close()
	_ = os.Remove(w.file.Name())
}
