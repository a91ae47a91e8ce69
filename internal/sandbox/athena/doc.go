// Package athena is a simulated AWS Athena and the S3 beside it, at one address:
// calls with the header X-Amz-Target are Athena's (AWS JSON 1.1), all others are
// S3's (REST, buckets in the path).
//
// It is given a catalog of tables (package table) and runs queries over them
// (package sql). Results are written as Athena writes them, into objects (package
// store) that S3 hands out. Times are those of crm.Clock: a query takes as long
// as the traps say, and is done before that only behind the curtain.
//
// It may know crm, trap, wire and people. It must not know whose data it serves,
// nor the client that asks for it.
package athena
