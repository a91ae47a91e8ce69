// Package csvfile reads a file of comma-separated values as a source: one record
// a row, with members that are named as the first row says.
//
// It may know crm and the CSV reader, and must not know whose file it is.
package csvfile
