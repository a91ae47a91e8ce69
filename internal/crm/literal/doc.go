// Package literal reads values the way the CRMs write them: instants, days,
// times of day, decimals, integers and truth values, out of the decoded text
// of a JSON scalar.
//
// One way of reading serves the typed columns and the validators alike, so
// that a value which passes a check can always be stored. Reading is exact:
// nothing passes through a float, nothing is rounded without saying so (L5).
//
// The functions are pure and safe for concurrent use. They take bytes and
// allocate nothing, whether they accept or refuse. ASCII blanks around a text
// never matter. The package knows no record, field or column.
package literal
