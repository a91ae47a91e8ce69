// Package table is the data that the simulated Athena reads: values with the
// types of Hive and Trino, the rows of a table as a stream, and the texts that
// Athena writes for them.
//
// Whoever has data offers it as a Table; what queries make of it belongs to the
// package sql. It knows no service and no query.
package table
