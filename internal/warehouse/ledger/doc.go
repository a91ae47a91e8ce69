// Package ledger keeps what Warren knows about its own work: the history of
// runs, the watermark and the checkpoint of each stream, the lease on it, the
// quarantine and the issues. It is the one place for that SQL; it is written
// so that PostgreSQL and SQLite both take it.
//
// It may know crm and must not know streams' tables or sources.
package ledger
