// Package rawjson takes JSON apart without decoding it: where the members of
// an object stand, what a string says. Records stay slices of the page that
// they came in, and a field that nobody needs costs nothing.
//
// It works on bytes that jsontext has already found to be well formed, and so
// need not judge them again: it only looks for where values end. On bytes
// that are not JSON it returns early, never beyond the slice, and never
// panics. It knows no field and no source.
package rawjson
