package store

import (
	"errors"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/warren-sync/warren/internal/sandbox/athena/athenatest"
)

// client is the SDK's, for the store behind a server.
func client(t *testing.T, s *Store) *s3.Client {
	t.Helper()
	web := httptest.NewServer(s.Handler())
	t.Cleanup(web.Close)
	return s3.NewFromConfig(aws.Config{
		HTTPClient: athenatest.HTTPClient(),
		Region:     "us-east-1", BaseEndpoint: aws.String(web.URL), Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
	}, func(o *s3.Options) { o.UsePathStyle = true })
}

// code returns the name of the error that S3 gave.
func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return ""
}

func second[T any](_ T, err error) error { return err }

func TestClientsPutListReadAndDelete(t *testing.T) {
	s := open(t)
	c := client(t, s)
	bucket := aws.String("b")
	for _, key := range []string{"a/1", "a/2", "a/b/3", "c"} {
		if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String(key), Body: strings.NewReader("content of " + key)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("c"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")}); code(err) != "PreconditionFailed" {
		t.Errorf("put over: %v", err)
	}
	list := func(prefix, delimiter string, most int32) (keys, prefixes []string) {
		in := &s3.ListObjectsV2Input{Bucket: bucket, Prefix: &prefix, MaxKeys: &most}
		if delimiter != "" {
			in.Delimiter = &delimiter
		}
		pages := s3.NewListObjectsV2Paginator(c, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Contents {
				keys = append(keys, *o.Key)
			}
			for _, p := range page.CommonPrefixes {
				prefixes = append(prefixes, *p.Prefix)
			}
		}
		return keys, prefixes
	}
	if keys, _ := list("", "", 1); !slices.Equal(keys, []string{"a/1", "a/2", "a/b/3", "c"}) {
		t.Errorf("all: %v", keys)
	}
	if keys, prefixes := list("a/", "/", 1000); !slices.Equal(keys, []string{"a/1", "a/2"}) || !slices.Equal(prefixes, []string{"a/b/"}) {
		t.Errorf("below a/: %v %v", keys, prefixes)
	}
	read := func(key, part string) (string, error) {
		in := &s3.GetObjectInput{Bucket: bucket, Key: &key}
		if part != "" {
			in.Range = &part
		}
		out, err := c.GetObject(t.Context(), in)
		if err != nil {
			return "", err
		}
		defer func() { _ = out.Body.Close() }()
		data, err := io.ReadAll(out.Body)
		return string(data), err
	}
	if part, err := read("a/b/3", "bytes=11-12"); err != nil || part != "a/" {
		t.Errorf("range: %q, %v", part, err)
	}
	if _, err := read("a/1", "bytes=900-"); code(err) != "InvalidRange" {
		t.Errorf("range behind the end: %v", err)
	}
	if _, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("d"), CopySource: aws.String("b/c")}); err != nil {
		t.Errorf("copy: %v", err)
	}
	if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("a/1")}); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3types.Delete{Objects: []s3types.ObjectIdentifier{{Key: aws.String("a/2")}, {Key: aws.String("d")}}}}); err != nil {
		t.Errorf("delete several: %v", err)
	}
	if got := s.Keys("b", ""); !slices.Equal(got, []string{"a/b/3", "c"}) {
		t.Errorf("left: %v", got)
	}
	if _, err := read("a/1", ""); code(err) != "NoSuchKey" {
		t.Errorf("deleted: %v", err)
	}
	if _, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("nowhere")}); code(err) != "NoSuchBucket" {
		t.Errorf("no bucket: %v", err)
	}
	if out, err := c.ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil || len(out.Buckets) != 1 {
		t.Errorf("buckets: %+v, %v", out, err)
	}
	if _, err := c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: bucket}); err != nil {
		t.Errorf("location: %v", err)
	}
	if _, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("gone")}); err == nil {
		t.Error("HEAD of nothing")
	}
	if head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("c")}); err != nil || *head.ContentLength != 12 || *head.ETag != s.ETag("b", "c") {
		t.Errorf("HEAD: %+v, %v", head, err)
	}
	for what, err := range map[string]error{
		"make": second(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("third")})),
		"drop": second(c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: bucket})),
	} {
		if err == nil {
			t.Errorf("%s a bucket: done", what)
		}
	}
}
