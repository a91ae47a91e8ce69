// Package store keeps objects as S3 does, in files of a directory, so that
// objects of gigabytes take no memory. It is the backend of gofakes3, which
// speaks S3's protocol in front of it; programs in the same process write
// objects with Create.
//
// It knows nothing of Athena.
package store
