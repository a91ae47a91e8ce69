// Package validator holds the rules of values: the fourth layer. A registry
// maps the names that warren.yaml and the sources use, such as phone or
// zip_code, to validators; sources register types of their own beside the
// built-in ones. The normalisers that a field may ask for stand here too,
// since they share what the validators know.
//
// Validators check, they do not rewrite (L5), and they do not know what becomes
// of a value that breaks a rule: that is the processor's decision. They say why
// in words, never with the value itself, which the issue carries beside them.
//
// The package may import crm and literal, nothing else of ours. It must not
// know records, streams, sources or the warehouse, and does no I/O.
package validator
