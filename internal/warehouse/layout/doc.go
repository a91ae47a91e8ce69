// Package layout says which columns of a stream's table Warren writes and what
// goes into each, the same in every database: the stream's fields, the raw
// record, the fingerprint, and when a row was written. It knows crm and the
// names that the old system gave its columns, and no SQL.
package layout
