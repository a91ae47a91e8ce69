// Package parquet reads Parquet files as a stream of rows, in bounded memory
// (L11), as the files of an UNLOAD of AWS Athena are: flat, with values that are
// plain or in a dictionary, compressed with gzip, snappy or zstd or not at all. Of
// a file that is otherwise it says so; nothing is guessed.
//
// A cell has the text that Athena's other results have for the same value, so that a
// row is the same in whatever way it was read: decimals and times are exact and
// never floats, and NULL is not the empty text.
//
// What a file says of itself is not believed. Libraries for Parquet make room for as
// many values as a header names, and a few bytes that lie then take more memory than
// there is, which no recover can mend. Here nothing is held that is not in the file:
// a page is unpacked into what maxPage and maxHeld allow, and counts, levels and
// indexes are read one by one. A file with a row too many or too few, a checksum that
// is wrong or an offset that leads elsewhere is an error and never a row (L3).
//
// It knows bytes at places. It does not know where they come from, hands on the
// errors of their reader as they are, and its own are plain ones that callers put
// into words for people.
package parquet
