// Package warehouse writes records and what is known about them: one batch,
// one transaction (L4), counted exactly (L2), the newest version winning (L9).
//
// It holds what every database has in common: the Session that writes the
// batches of one run, halves a batch that the database refuses until only the
// bad record is left out (L3), finds out whether a commit whose answer was
// lost took place, and stands in for itself on a dry run (L6). What differs
// between databases is a Driver, in a package of its own: postgres, sqlite.
// What a driver must do is written down as tests, in warehousetest.
//
// It may know crm and ledger, and must not know where records come from.
package warehouse
