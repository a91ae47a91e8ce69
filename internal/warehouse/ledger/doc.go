// Package ledger keeps what Warren knows about its own work: the history of
// runs, the watermark and the checkpoint of each stream, the lease on it, the
// quarantine and the issues. It is the one place for that SQL; it is written
// so that PostgreSQL and SQLite both take it.
//
// The life of a run: Acquire takes the lease and opens the history row, Beat
// keeps the lease, Commit is the last call in the transaction of each batch,
// Finish closes the row, moves the watermark and lets the lease go. Load is
// what a dry run uses in place of Acquire.
//
// Errors that the ledger itself finds are *crm.Error. Errors of the database
// come back as the driver made them, for the driver's Explain.
//
// It may know crm and must not know streams' tables or sources. The one
// exception is the past: the two history tables of the old system are named
// here, because taking over what they say is bookkeeping.
package ledger
