// Package processor turns a record as the source sent it into a typed row
// (layer 3): it finds the fields, whether flat or nested, types their values,
// has the rules of each checked, and says what is wrong with which value.
//
// It works in two steps, because most records of most runs are unchanged and
// those should cost next to nothing (L10): Identify reads only the primary
// key, the time of the last change and the fingerprint; Map does the rest for
// the records that the warehouse turns out not to have. Nothing is changed
// without an issue (L5), and no record is dropped without a reject (L3).
//
// It may know crm. How rules are checked is handed to it; it does not know
// the validators, the sources or the warehouses.
package processor
