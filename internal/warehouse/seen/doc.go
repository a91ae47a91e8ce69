// Package seen tells which rows of a table a walk over the source did not
// show, in bounded memory (L11) for tables of any size.
//
// A walk is remembered as eight bytes of each record's id, in parts that are
// as long as the batches. Two ids with the same eight bytes make a row that is
// gone look as if it had been shown, once in some hundred billion, and never
// the other way round: no row is taken for missing that was shown.
//
// It may know nothing of ours.
package seen
