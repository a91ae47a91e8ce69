// Package athena is layer 1 for sources that are read through AWS Athena: it
// starts a query, waits for it, and streams its result, or says in a *crm.Error
// what is wrong, who has to act and what to do.
//
// A query costs money by what it scans, whether its result is read or not. So
// it is started under a token of the caller, by which a process that was
// restarted finds the same query again (L4); it is stopped when its caller
// leaves, when it takes too long and when it scans too much; and what it
// scanned is told even when it failed.
//
// Results come in one of several ways. The file that Athena writes to S3 is read
// as a stream, and a connection that breaks is taken up again at the byte where
// it broke, of the very same file. Pages of GetQueryResults take seven times as
// long and are for places where S3 is closed. The files of an UNLOAD hold JSON or
// Parquet. All of them tell NULL from an empty text (L5), hold a bounded part of the
// result in memory (L11), and take a row of the wrong width for a failure (L3).
//
// Calls are retried here and not by the SDK, whose waits cannot be replaced by
// crm.Clock and are heard by nobody. One caller makes one call at a time, and
// asks for the state of a query at most five times a second: Athena allows a
// hundred per account.
//
// It knows Athena, S3 and patience. It does not know streams, records or any
// particular source. No secret leaves it (L8): see secret.go.
package athena
