package store

import (
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"

	"github.com/warren-sync/warren/internal/crm"
)

// Handler speaks S3's protocol for the store, with buckets in the path.
func (s *Store) Handler() http.Handler {
	// Skew of clocks is not looked at: the sandbox may live in another year.
	return gofakes3.New(backend{s}, gofakes3.WithTimeSource(timeSource{s.clock}), gofakes3.WithTimeSkewLimit(0)).Server()
}

// timeSource is a clock as gofakes3 wants it.
type timeSource struct{ clock crm.Clock }

func (t timeSource) Now() time.Time                     { return t.clock.Now().UTC() }
func (t timeSource) Since(then time.Time) time.Duration { return t.clock.Now().Sub(then) }

// backend is the store as gofakes3 wants it.
type backend struct{ *Store }

func (s *Store) bucketNames() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.buckets))
}

// Keys returns the keys of a bucket that begin with prefix, in order.
func (s *Store) Keys(bucket, prefix string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	if b := s.buckets[bucket]; b != nil {
		for key := range b.objects {
			if strings.HasPrefix(key, prefix) {
				keys = append(keys, key)
			}
		}
	}
	slices.Sort(keys)
	return keys
}

// ListBuckets lists all buckets.
func (b backend) ListBuckets() ([]gofakes3.BucketInfo, error) {
	var out []gofakes3.BucketInfo
	for _, name := range b.bucketNames() {
		b.mu.Lock()
		created := b.buckets[name].created
		b.mu.Unlock()
		out = append(out, gofakes3.BucketInfo{Name: name, CreationDate: gofakes3.NewContentTime(created)})
	}
	return out, nil
}

// ListBucket lists a page of a bucket's objects.
func (b backend) ListBucket(name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage) (*gofakes3.ObjectList, error) {
	list := gofakes3.NewObjectList()
	last := ""
	for _, key := range b.Keys(name, prefix.Prefix) {
		if page.HasMarker && key <= page.Marker {
			continue
		}
		var match gofakes3.PrefixMatch
		if !prefix.Match(key, &match) {
			continue
		}
		if page.MaxKeys > 0 && int64(len(list.Contents)+len(list.CommonPrefixes)) >= page.MaxKeys {
			list.IsTruncated, list.NextMarker = true, last
			break
		}
		if last = key; match.CommonPrefix {
			list.AddPrefix(match.MatchedPart)
			continue
		}
		if o := b.find(name, key); o != nil {
			list.Add(&gofakes3.Content{Key: key, LastModified: gofakes3.NewContentTime(o.modified), ETag: gofakes3.FormatETag(o.hash), Size: o.size})
		}
	}
	return list, nil
}

// CreateBucket refuses: the share's owner made the buckets.
func (backend) CreateBucket(string) error { return gofakes3.ErrNotImplemented }

// BucketExists reports whether there is such a bucket.
func (b backend) BucketExists(name string) (bool, error) { return b.HasBucket(name), nil }

// DeleteBucket refuses, as CreateBucket does.
func (backend) DeleteBucket(string) error { return gofakes3.ErrNotImplemented }

// ForceDeleteBucket refuses, as CreateBucket does.
func (backend) ForceDeleteBucket(string) error { return gofakes3.ErrNotImplemented }

// GetObject opens an object, or a range of it.
func (b backend) GetObject(bucket, key string, ask *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	o, f := b.open(bucket, key)
	if o == nil {
		return nil, gofakes3.KeyNotFound(key)
	}
	part, err := ask.Range(o.size)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	body := struct {
		io.Reader
		io.Closer
	}{f, f}
	if part != nil {
		body.Reader = io.NewSectionReader(f, part.Start, part.Length)
	}
	return &gofakes3.Object{Name: key, Metadata: o.headers(), Size: o.size, Contents: body, Hash: o.hash, Range: part}, nil
}

// HeadObject describes an object.
func (b backend) HeadObject(bucket, key string) (*gofakes3.Object, error) {
	o := b.find(bucket, key)
	if o == nil {
		return nil, gofakes3.KeyNotFound(key)
	}
	return &gofakes3.Object{Name: key, Metadata: o.headers(), Size: o.size, Contents: io.NopCloser(strings.NewReader("")), Hash: o.hash}, nil
}

// headers returns what answers say of the object beside its ETag.
func (o *object) headers() map[string]string {
	headers := maps.Clone(o.meta)
	if headers == nil {
		headers = map[string]string{"Content-Type": "application/octet-stream"}
	}
	headers["Last-Modified"] = o.modified.Format(http.TimeFormat)
	return headers
}

// DeleteObject deletes an object, if there is one.
func (b backend) DeleteObject(bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	b.Delete(bucket, key)
	return gofakes3.ObjectDeleteResult{}, nil
}

// DeleteMulti deletes several objects.
func (b backend) DeleteMulti(bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	var out gofakes3.MultiDeleteResult
	for _, key := range keys {
		b.Delete(bucket, key)
		out.Deleted = append(out.Deleted, gofakes3.ObjectID{Key: key})
	}
	return out, nil
}

// PutObject writes an object.
func (b backend) PutObject(bucket, key string, meta map[string]string, in io.Reader, size int64, conditions *gofakes3.PutConditions) (gofakes3.PutObjectResult, error) {
	var none gofakes3.PutObjectResult
	if conditions != nil {
		var there gofakes3.ConditionalObjectInfo
		if o := b.find(bucket, key); o != nil {
			there.Exists, there.Hash = true, o.hash
		}
		if err := gofakes3.CheckPutConditions(conditions, &there); err != nil {
			return none, err
		}
	}
	w, err := b.Create(bucket, key)
	if err != nil {
		return none, err
	}
	w.meta = meta
	if n, err := io.Copy(w, in); err != nil || n != size {
		w.Abort()
		if err == nil {
			err = gofakes3.ErrIncompleteBody
		}
		return none, err
	}
	return none, w.Commit()
}

// CopyObject copies an object.
func (b backend) CopyObject(fromBucket, fromKey, bucket, key string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	return gofakes3.CopyObject(b, fromBucket, fromKey, bucket, key, meta)
}
