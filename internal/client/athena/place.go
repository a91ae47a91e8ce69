package athena

import (
	"errors"
	"strings"
)

// place is an address in S3.
type place struct{ bucket, key string }

var errNoPlace = errors.New("not an address such as s3://bucket/path")

func parsePlace(text string) (place, error) {
	rest, ok := strings.CutPrefix(text, "s3://")
	bucket, key, _ := strings.Cut(rest, "/")
	if !ok || bucket == "" || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return place{}, errNoPlace
	}
	return place{bucket: bucket, key: key}, nil
}

func (p place) String() string { return "s3://" + p.bucket + "/" + p.key }

// within reports whether p lies in the folder of that address. The folder's
// name ends where the address says: s3://b/a does not hold s3://b/ab.
func (p place) within(folder place) bool {
	prefix := folder.key
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return p.bucket == folder.bucket && strings.HasPrefix(p.key, prefix) && p.key != prefix
}
