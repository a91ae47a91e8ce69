// Package sqlite is the warehouse driver for SQLite: one file, no server.
//
// It knows SQLite's files, locks, types and error codes, and nothing of
// sources or runs. What a driver must do is the contract of package warehouse;
// what is particular to this one:
//
// One connection writes, a few others read beside it (write-ahead log), so that
// a lookup never waits for a batch. A transaction takes the write lock when it
// begins; other processes wait their turn.
//
// Tables of Warren's own are STRICT. Texts, JSON, instants and days are TEXT;
// instants have one width, 2006-01-02T15:04:05.000000Z, so that they sort and
// SQLite's date functions read them. A decimal is a number where the number is
// exactly that decimal, to 15 digits, and TEXT where it would not be (L5). A
// table that somebody else made is worked on as it is: what SQLite's column
// affinity would change in a value, Fit finds.
//
// Rows are written one by one with prepared statements, each after a look at
// what the table has: in the same transaction, so that counts are exact (L2)
// and neither an equal (L10) nor a newer row (L9) is touched. The statements
// run on the driver's own interface, since database/sql costs an allocation
// for each argument.
//
// Durability is WAL with synchronous=FULL: a commit outlives a power cut. With
// NORMAL the last batches could be lost, each with its checkpoint, which L4
// would allow; but one flush a batch costs less than can be measured.
package sqlite
