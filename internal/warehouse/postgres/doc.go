// Package postgres is the warehouse driver for PostgreSQL 12 and later.
//
// It knows the server's catalog, its binary formats and its SQLSTATEs, and
// nothing of sources or runs. What a driver must do is the contract of
// package warehouse; what is particular to this one:
//
// The real table rules. Columns, types, lengths and NOT NULL are read from the
// catalog, never assumed, so that tables which Django made are written in their
// own types. Such an adopted table is only added to: nullable columns, never an
// index (building one locks a big table; that is its owner's decision), and
// nothing is dropped or retyped. A table of Warren's own carries a comment that
// says so; it has its stream's indexes and no lengths or precisions, for nothing
// may be cut or refused there (L5).
//
// Rows travel by binary COPY: new ones straight into the table, changed ones
// into a temporary table, from which one UPDATE takes those that are neither
// equal (L10) nor older (L9). Rows that another session put there between the
// look and the COPY are merged instead, so that the counts stay exact (L2).
//
// Whatever keeps a row out is made to show in the write of that row (L3):
// deferred constraints are checked at its end, rows that a trigger leaves out
// are missed. No transaction waits for a lock in silence, and none keeps its
// locks while its process is stopped (L7).
//
// The data path names no prepared statement, so it works behind a pooler such
// as PgBouncer. Where the pooler gives a server connection to one transaction
// only, the address must say default_query_exec_mode=exec (or cache_describe,
// simple_protocol): then session settings and the temporary table last for one
// transaction too.
package postgres
