// Package csv reads comma-separated values as a stream, in flat memory (L11),
// and keeps what encoding/csv drops: whether an empty cell was quoted. In the
// result files of AWS Athena that is the whole difference between NULL and an empty text.
//
// A row that ends inside its quotes is an error and never a row, and so is one
// with a cell too many or too few: nothing is lost or made up in silence (L3).
// Offset says where the last row ends, so that a reading can be resumed there.
//
// It knows bytes. It does not know where they come from nor what the cells
// mean, and its errors are plain ones that name line and offset; callers put
// them into words for people. It imports nothing of ours.
package csv
